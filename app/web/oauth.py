"""The pages of connecting with OAuth: from the link an admin was given, through Atlassian, to "Connected"."""

import secrets
from typing import Any

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from app.connecting.connect import next_step
from app.connecting.consent import SECONDS, Choice, RoundTrip
from app.connecting.errors import ConnectError
from app.errors import ReactorError
from app.jira import JiraError
from app.storage.connections import Connection
from app.storage.database import Unavailable

#: Tells the browser that began from every other one.
COOKIE = "jira-reactor-browser"

log = structlog.get_logger()


def blueprint(trip: RoundTrip) -> Blueprint:
    """Make the views of a round trip."""
    oauth = Blueprint("oauth", __name__, template_folder="templates")

    @oauth.get("/connect")
    def connect() -> Answer:
        browser = secrets.token_urlsafe(32)
        answer = redirect(trip.begin(request.args.get("invitation", ""), browser), 303)
        secure = trip.settings.public_url.startswith("https://")
        answer.set_cookie(COOKIE, browser, max_age=SECONDS, secure=secure, httponly=True, samesite="Lax")
        answer.headers.update(_headers())
        return answer

    @oauth.get("/oauth/callback")
    def callback() -> Response:
        told = request.args
        browser = request.cookies.get(COOKIE, "")
        outcome = trip.finish(told.get("state", ""), browser, code=told.get("code", ""), refusal=told.get("error", ""))
        if isinstance(outcome, Choice):
            return page("oauth/sites.html", token=outcome.token, sites=outcome.sites)
        return _connected(trip, outcome)

    @oauth.post("/oauth/site")
    def site() -> Response:
        told = request.form
        browser = request.cookies.get(COOKIE, "")
        return _connected(trip, trip.choose(told.get("choice", ""), browser, told.get("site", "")))

    oauth.register_error_handler(ReactorError, _failed)
    return oauth


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page that loads nothing from anywhere and is kept by nobody."""
    nonce = secrets.token_urlsafe(16)
    answer = make_response(render_template(template, nonce=nonce, **values), status)
    answer.headers.update(_headers(f"style-src 'nonce-{nonce}'; form-action 'self'; "))
    return answer


def _headers(allowed: str = "") -> dict[str, str]:
    # The address of the callback holds a code: no page it leads to may tell it to another.
    return {
        "Content-Security-Policy": f"default-src 'none'; {allowed}base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def _connected(trip: RoundTrip, connection: Connection) -> Response:
    log.info("connected", connection=connection.name, site=connection.site, account=connection.account.name)
    return page("oauth/connected.html", connection=connection, next=next_step(trip.db, connection))


def _failed(error: ReactorError) -> Response:
    log.warning("not connected", reason=error.message, cure=error.cure)
    if isinstance(error, Unavailable):
        # What exactly failed is the admin's to read in the log.
        error = ConnectError("The database does not answer now.", "Look at the log, and ask for a new link.")
        return page("oauth/failed.html", 503, error=error)
    return page("oauth/failed.html", 502 if isinstance(error, JiraError) else 400, error=error)
