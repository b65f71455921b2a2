"""POST /oauth/token, and which sites a token reaches."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from app.simulator.atlassian.issuing import Tokens
from app.simulator.atlassian.platform import Atlassian
from app.simulator.atlassian.refusing import not_granted, turned_away
from app.simulator.people import App
from app.simulator.refused import Refused
from app.simulator.serving import refusal
from app.simulator.trouble import Trouble

tokens = Blueprint("oauth", __name__)


@tokens.errorhandler(Refused)
def _refuse(refused: Refused) -> Response:
    return refusal(refused)


@tokens.post("/oauth/token")
def issue() -> Response:
    """Give tokens for a code, a refresh token, or client credentials; JSON as documented, or a form."""
    trouble: Trouble = current_app.extensions["trouble"]
    trouble.before(request.method, request.path)
    sent = request.get_json() if request.is_json else request.form
    given = _given(_platform(), sent)
    trouble.after(request.method, request.path)
    return jsonify(given.json())


@tokens.get("/oauth/token/accessible-resources")
def accessible_resources() -> Response:
    """List the sites an access token reaches, each with what it may do there."""
    if request.authorization is None or request.authorization.type != "bearer":
        raise turned_away()
    platform = _platform()
    grant = platform.issuer.bearer(request.authorization.token or "")
    granted = [(cloud_id, platform.sites[cloud_id][0]) for cloud_id in platform.sites if cloud_id in grant.sites]
    scopes = sorted(grant.scopes - {"offline_access"})
    return jsonify(
        [
            {
                "id": cloud_id,
                "url": site.base_url,
                "name": site.name,
                "scopes": scopes,
                "avatarUrl": f"{site.base_url}/avatar.png",
            }
            for cloud_id, site in granted
        ]
    )


def _given(platform: Atlassian, sent: Mapping[str, Any]) -> Tokens:
    app = _app(platform, sent)
    kind = sent.get("grant_type")
    if kind == "authorization_code":
        return platform.issuer.exchange(app, str(sent.get("code")), str(sent.get("redirect_uri")))
    if kind == "refresh_token":
        return platform.issuer.refresh(app, str(sent.get("refresh_token")))
    if kind == "client_credentials" and app.service:
        grant = platform.consent(app, app.service, app.scopes, platform.open_to(app.service))
        return platform.issuer.begin(grant, refreshable=False)
    raise not_granted("unsupported_grant_type", f"Unsupported grant type: {kind}", status=400)


def _app(platform: Atlassian, sent: Mapping[str, Any]) -> App:
    """Find the app; its secret may come in the body or, as OAuth 2.0 prefers, in the header."""
    header = request.authorization
    basic = header if header and header.type == "basic" else None
    app = platform.apps.get(str(sent.get("client_id") or (basic and basic.username)))
    if app is None or app.client_secret != (sent.get("client_secret") or (basic and basic.password)):
        raise not_granted("access_denied", "Unauthorized", status=401)
    return app


def _platform() -> Atlassian:
    platform: Atlassian = current_app.extensions["atlassian"]
    return platform
