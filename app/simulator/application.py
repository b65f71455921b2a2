"""The Flask application of one site: its face, its pages, its journal."""

import json
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.simulator import cloud, datacenter
from app.simulator.atlassian import Atlassian
from app.simulator.journal import Journal
from app.simulator.pages import pages
from app.simulator.refused import Refused
from app.simulator.sender import Sender
from app.simulator.serving import refusal
from app.simulator.site import Site
from app.simulator.trouble import Trouble
from app.simulator.webhooks import Webhooks

#: What an Atlassian account is signed in and consents with.
NOT_JIRA = frozenset({"oauth", "consent"})


def create_application(
    site: Site,
    webhooks: Webhooks,
    sender: Sender,
    trouble: Trouble,
    atlassian: Atlassian,
    journal: Journal | None,
) -> Flask:
    """Wire a site to HTTP."""
    flask = Flask("app.simulator", static_folder=None)
    flask.extensions |= {"site": site, "webhooks": webhooks, "sender": sender, "trouble": trouble}
    flask.extensions["atlassian"] = atlassian
    served = cloud.blueprints() if site.face.name == "cloud" else datacenter.blueprints(site.face)
    for blueprint in [*served, pages]:
        flask.register_blueprint(blueprint)
    flask.register_error_handler(HTTPException, _not_served)
    if journal:
        flask.after_request(lambda response: _record(journal, site, response))
    return flask


def _not_served(error: HTTPException) -> Response:
    """Answer in Jira's shape for a path or a method that nothing serves."""
    return refusal(Refused(error.description or "", status=error.code or 500))


def _record(journal: Journal, site: Site, response: Response) -> Response:
    """Take down an exchange; those with the authorization server are made of secrets and no part of Jira."""
    if request.blueprint in NOT_JIRA:
        return response
    journal.write(
        {
            "face": site.face.name,
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(flat=False),
            "request": _readable(request.get_data()),
            "status": response.status_code,
            "response": _readable(response.get_data()),
            "headers": dict(response.headers),
        }
    )
    return response


def _readable(content: bytes) -> Any:
    """Give JSON as what it says, anything else as text, and None for nothing."""
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")
