"""The way into a Jira: where it is called and with which credentials; found out by trying."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.connecting.errors import ConnectError
from app.connecting.oauth import AuthorizationServer, Grant, gateway
from app.jira import Jira, RetryPolicy, connect, reading
from app.jira.auth import Anonymous, restore
from app.jira.client import JiraClient
from app.jira.errors import Forbidden, JiraError, Unauthenticated
from app.settings import Settings

#: Below it the gateway has one path per site.
_GATEWAY = "/ex/jira/"
#: Whoever connects is waiting for the answer, and can try again.
_AT_ONCE = RetryPolicy(most=0)


@dataclass(frozen=True)
class Access:
    """Everything a client is made of; `credentials` are as storage/ keeps them for the kind in `auth`."""

    deployment: str
    base_url: str
    auth: str
    credentials: Mapping[str, Any] = field(repr=False)
    scopes: tuple[str, ...] = ()
    #: When the credentials end, in milliseconds, where that is known.
    ends_at: int | None = None

    def open(self) -> Jira:
        """Make the client."""
        return connect(self.deployment, self.base_url, restore(self.auth, self.credentials))


def by_api_token(settings: Settings, url: str, email: str, token: str) -> Access:
    """Find out which of the two kinds an API token of Cloud is: without scopes for the site, with them for the gateway.

    Nothing is sent to what turns out to be no Cloud. Raises JiraError, or ConnectError where neither place accepts it.
    """
    credentials = {"email": email, "token": token}
    site = Access("cloud", url, "api_token", credentials)
    if _GATEWAY in url:
        return _tried(replace(site, auth="scoped_token"))
    found = find_cloud_id(url)
    if not found and _is_data_center(url):
        raise ConnectError(
            f"{url} is a Jira Data Center, which knows no API tokens.",
            "Leave out --email and give a personal access token of the service account.",
        )
    try:
        return _tried(site)
    except (Unauthenticated, Forbidden) as refused:
        if not found:
            raise
        scoped = Access("cloud", gateway(settings, found), "scoped_token", credentials)
        try:
            return _tried(scoped)
        except (Unauthenticated, Forbidden) as error:
            raise _accepted_nowhere(url, scoped.base_url, error) from None
        except JiraError as error:
            # What the site said stays the news; that the other place could not be asked is the smaller part of it.
            raise ConnectError(
                f"{refused.message} {scoped.base_url} could not be asked: {error.message}", refused.cure
            ) from None


def by_personal_access_token(url: str, token: str) -> Access:
    """Return the way into a Data Center; raise ConnectError for a site of Cloud, which has no such tokens."""
    if find_cloud_id(url):
        raise ConnectError(
            f"{url} is a site of Jira Cloud, which has no personal access tokens.",
            "Give the account's e-mail address with --email and an API token, or connect with --oauth.",
        )
    return Access("datacenter", url, "personal_access_token", {"token": token})


def by_client_credentials(settings: Settings, url: str, cloud_id: str, client_id: str, secret: str) -> Access:
    """Get a first access token for a service account of Cloud; the site is named by its address or its cloudId."""
    cloud_id = cloud_id or _cloud_id_of(url)
    grant = AuthorizationServer(settings, client_id, secret).client_credentials()
    credentials = {"client_id": client_id, "client_secret": secret} | grant.credentials
    return Access("cloud", gateway(settings, cloud_id), "client_credentials", credentials, grant.scopes)


def by_consent(settings: Settings, cloud_id: str, grant: Grant) -> Access:
    """Return the way into a site that somebody consented to in a browser."""
    credentials = grant.credentials | {"cloud_id": cloud_id}
    return Access("cloud", gateway(settings, cloud_id), "oauth", credentials, grant.scopes)


def find_cloud_id(url: str) -> str:
    """Ask a site of Cloud for its cloudId, which it tells anybody; empty where it is none of Cloud's."""
    try:
        told = JiraClient(url, Anonymous(), retries=_AT_ONCE).send("GET", "/_edge/tenant_info")
    except JiraError as error:
        if error.transient:
            raise
        return ""
    return str(reading.mapping(told).get("cloudId") or "")


def _cloud_id_of(url: str) -> str:
    found = url.partition(_GATEWAY)[2].strip("/") if _GATEWAY in url else find_cloud_id(url)
    if not found:
        raise ConnectError(f"{url} does not tell its cloudId.", "Give the address of a Cloud site, or --cloud-id.")
    return found


def _tried(access: Access) -> Access:
    access.open().myself()
    return access


def _is_data_center(url: str) -> bool:
    try:
        return connect("datacenter", url, Anonymous(), retries=_AT_ONCE).server().deployment == "datacenter"
    except JiraError:
        return False


def _accepted_nowhere(site: str, elsewhere: str, error: JiraError) -> ConnectError:
    return ConnectError(
        f"The token is accepted neither at {site}, as one without scopes would be, nor at {elsewhere}, as one with"
        f" scopes would be. The latter said: {error.message}",
        "Check the e-mail address, and that the token is copied whole and neither revoked nor expired. One with scopes"
        " needs read:jira-user, read:jira-work and write:jira-work.",
    )
