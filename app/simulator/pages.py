"""Pages for people: an issue as one would look at it in a browser, and a record of webhook deliveries as JSON."""

from flask import Blueprint, Response, abort, current_app, jsonify, render_template

from app.markup import to_markdown
from app.simulator.sender import Sender
from app.simulator.site import Site

pages = Blueprint("pages", __name__, template_folder="templates")


@pages.get("/browse/<key>")
def browse(key: str) -> str:
    """Show an issue with its comments and its history."""
    site: Site = current_app.extensions["site"]
    with site.lock:
        issue = site.issue(key)
        if issue is None:
            abort(404)
        return render_template("issue.html", issue=issue, read=to_markdown)


@pages.get("/_simulator/deliveries")
def deliveries() -> Response:
    """List every delivery with its attempts, oldest first."""
    sender: Sender = current_app.extensions["sender"]
    return jsonify([delivery.json() for delivery in list(sender.deliveries)])
