"""What Atlassian's authorization server is asked: to let somebody consent, to give tokens, to name the sites they open.

https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from app.jira import diagnosing
from app.jira.auth import AccessToken
from app.jira.client import JiraClient
from app.jira.errors import JiraError, Unauthenticated, Unreachable
from app.settings import Settings, SettingsError
from app.storage.database import now

#: What the service needs; offline_access makes Atlassian give refresh tokens.
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook", "offline_access")

_SECONDS = (5.0, 30.0)
#: Errors that speak of who asks and not of what for; Atlassian says access_denied for a wrong secret.
_OF_THE_CLIENT = ("invalid_client", "access_denied")


class GrantDead(Unauthenticated):
    """Atlassian gives nothing more for the code or refresh token it was shown: it is used, expired or revoked."""


@dataclass(frozen=True)
class Grant:
    """Tokens as Atlassian gave them; the refresh token is empty where there is none."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    #: When the access token ends, in milliseconds.
    expires_at: int
    scopes: tuple[str, ...] = ()

    @property
    def credentials(self) -> dict[str, Any]:
        """Give what storage/ keeps of it; a refresh token only where one came."""
        kept = {"access_token": self.access_token, "expires_at": self.expires_at}
        return kept | ({"refresh_token": self.refresh_token} if self.refresh_token else {})


@dataclass(frozen=True)
class Site:
    """A Jira site that an access token opens."""

    cloud_id: str
    url: str
    name: str


class AuthorizationServer:
    """Atlassian's, or a simulated one, as it treats one client."""

    def __init__(self, settings: Settings, client_id: str, client_secret: str) -> None:
        self._settings = settings
        self._client = (client_id, client_secret)
        self._token_url = f"{settings.atlassian_auth_url}/oauth/token"

    def consent_url(self, state: str) -> str:
        """Tell where a browser is sent for somebody to consent."""
        url = f"{self._settings.atlassian_auth_url}/authorize"
        with self._session() as session:
            wanted = {"scope": " ".join(SCOPES), "audience": "api.atlassian.com", "prompt": "consent"}
            return str(session.create_authorization_url(url, state=state, **wanted)[0])

    def exchange(self, code: str) -> Grant:
        """Turn the code that a browser brought back into tokens."""
        return self._ask(lambda session: session.fetch_token(self._token_url, code=code, allow_redirects=False))

    def refresh(self, refresh_token: str) -> Grant:
        """Spend a refresh token: the grant holds the next one, and this one is worth nothing any more."""
        return self._ask(
            lambda session: session.refresh_token(self._token_url, refresh_token=refresh_token, allow_redirects=False)
        )

    def client_credentials(self) -> Grant:
        """Get an access token of the service account that the client stands for."""
        return self._ask(
            lambda session: session.fetch_token(self._token_url, grant_type="client_credentials", allow_redirects=False)
        )

    def _ask(self, ask: Callable[[OAuth2Session], Mapping[str, Any]]) -> Grant:
        """Ask for tokens; raise GrantDead, Unauthenticated for the client itself, or Unreachable.

        No failure here means that Jira has executed anything.
        """
        request = f"POST {self._token_url}"
        try:
            with self._session() as session:
                return _grant(ask(session))
        except OAuthError as refused:
            error: JiraError = _refusal(refused)
        except requests.HTTPError as broken:
            error = _broken(request, broken.response)
        except requests.RequestException as problem:
            error = diagnosing.unreachable(problem, request)
            error.sent = False
        except ValueError:
            error = _broken(request, None)
        # Raised out here, so that the error does not drag along the request with its secrets.
        raise error

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            *self._client,
            redirect_uri=f"{self._settings.public_url}/oauth/callback",
            token_endpoint_auth_method="client_secret_json",  # noqa: S106 - the name of a method
            default_timeout=_SECONDS,
        )
        session.register_client_auth_method(("client_secret_json", _as_json))
        for moment in ("access_token_response", "refresh_token_response"):
            session.register_compliance_hook(moment, _answered)
        return session


def application(settings: Settings) -> AuthorizationServer:
    """Return the authorization server as it treats the OAuth app of the settings; raise SettingsError without one."""
    for name in ("public_url", "oauth_client_id", "oauth_client_secret"):
        if not getattr(settings, name):
            callback = f"{settings.public_url or 'JIRA_REACTOR_PUBLIC_URL'}/oauth/callback"
            raise SettingsError(
                f"JIRA_REACTOR_{name.upper()} is not set, which connecting with OAuth needs.",
                "At developer.atlassian.com/console create an OAuth 2.0 integration, add the Jira API with the scopes"
                f" {' '.join(SCOPES[:-1])}, let its callback URL be {callback}, and put its client id and secret into"
                " the settings.",
            )
    return AuthorizationServer(settings, settings.oauth_client_id, settings.oauth_client_secret)


def sites(settings: Settings, access_token: str) -> list[Site]:
    """List the sites an access token opens."""
    client = JiraClient(settings.atlassian_api_url, AccessToken(lambda stale: access_token))
    told = client.send("GET", "/oauth/token/accessible-resources")
    listed = [entry for entry in told if isinstance(entry, dict)] if isinstance(told, list) else []
    return [
        Site(str(entry["id"]), str(entry["url"]).rstrip("/"), str(entry.get("name") or entry["url"]))
        for entry in listed
        if entry.get("id") and entry.get("url")
    ]


def gateway(settings: Settings, cloud_id: str) -> str:
    """Tell the base URL at which a site takes access tokens and tokens with scopes."""
    return f"{settings.atlassian_api_url}/ex/jira/{cloud_id}"


def _as_json(client: Any, method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, str]:
    """Write a token request as Atlassian documents it: JSON, the client's secret inside."""
    content = dict(parse_qsl(body)) | {"client_id": client.client_id, "client_secret": client.client_secret}
    written = json.dumps(content)
    headers.update({"Content-Type": "application/json", "Content-Length": str(len(written))})
    return uri, headers, written


def _answered(response: requests.Response) -> requests.Response:
    """Let only what speaks of the grant be read as such."""
    if response.status_code == 429:
        response.raise_for_status()
    return response


def _grant(told: Mapping[str, Any]) -> Grant:
    token, lasts = told.get("access_token"), told.get("expires_in")
    if not isinstance(token, str) or not isinstance(lasts, int):
        raise ValueError("no access token")
    scopes = tuple(str(told.get("scope") or "").split())
    return Grant(token, str(told.get("refresh_token") or ""), now() + lasts * 1000, scopes)


def _refusal(refused: OAuthError) -> Unauthenticated:
    told = "".join(
        char for char in f"{refused.error}: {refused.description or 'no reason given'}" if char.isprintable()
    )
    if refused.error in _OF_THE_CLIENT:
        return Unauthenticated(
            f"Atlassian does not accept the OAuth client ({told[:200]}).",
            "Check client id and secret: those of the OAuth app are JIRA_REACTOR_OAUTH_CLIENT_ID and _SECRET, those of"
            " a service account are given anew with `jira-reactor reconnect`.",
            sent=False,
        )
    return GrantDead(f"Atlassian refuses to give tokens ({told[:200]}).", "Connect again.", sent=False)


def _broken(request: str, response: requests.Response | None) -> Unreachable:
    what = f"with {response.status_code}" if response is not None else "with something that holds no tokens"
    wait = diagnosing.retry_after(response.headers) if response is not None else None
    return Unreachable(
        f"The authorization server answered {request} {what}.",
        "Try again later; if it stays, look at JIRA_REACTOR_ATLASSIAN_AUTH_URL and at status.atlassian.com.",
        status=response.status_code if response is not None else None,
        retry_after=wait,
        sent=False,
    )
