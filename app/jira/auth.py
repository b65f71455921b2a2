"""How a call proves who we are; the client knows none of these by name."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping

from requests import PreparedRequest
from requests.auth import AuthBase

from app.jira.errors import Invalid

#: Gives the access token to sign with; told True, one that is newer than the one it gave before.
Tokens = Callable[[bool], str]

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Anonymous(AuthBase):
    """Sign nothing, not even with what a .netrc file offers; for the little that Jira tells anybody."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Leave a request as it is."""
        return request


class ApiToken(AuthBase):
    """Sign with an Atlassian account's email and API token, as Cloud wants it at the site's own address.

    https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    """

    def __init__(self, email: str, token: str) -> None:
        self.email = _one_word(email, "email")
        self._token = _one_word(token, "API token")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header to a request."""
        pair = b64encode(f"{self.email}:{self._token}".encode()).decode()
        request.headers["Authorization"] = f"Basic {pair}"
        return request

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.email!r}, ...)"


class ScopedToken(ApiToken):
    """Sign with an API token that has scopes, which only Atlassian's gateway takes; service accounts have no other.

    https://support.atlassian.com/user-management/docs/manage-api-tokens-for-service-accounts/
    """


class PersonalAccessToken(AuthBase):
    """Sign with a personal access token, as Data Center wants it since Jira 8.14.

    https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html
    """

    def __init__(self, token: str) -> None:
        self._token = _one_word(token, "personal access token")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header to a request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "PersonalAccessToken(...)"


class AccessToken(AuthBase):
    """Sign with an access token that lives an hour, asking for the one of now before each call."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._used = ""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header to a request; raise JiraError where there is no token to be had."""
        self._used = self._tokens(False)
        request.headers["Authorization"] = f"Bearer {self._used}"
        return request

    def renew(self) -> bool:
        """Get another token after Jira refused the present one, and tell whether repeating the call is worth it."""
        return self._tokens(True) != self._used

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class OAuth(AccessToken):
    """Sign as the person who consented in a browser (3LO).

    https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
    """


class ClientCredentials(AccessToken):
    """Sign as the service account that the client credentials were made for.

    https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
    """


#: The kinds of credentials a connection can have.
KINDS: dict[str, Callable[[Mapping[str, str], Tokens], AuthBase]] = {
    "api_token": lambda stored, tokens: ApiToken(stored["email"], stored["token"]),
    "scoped_token": lambda stored, tokens: ScopedToken(stored["email"], stored["token"]),
    "oauth": lambda stored, tokens: OAuth(tokens),
    "client_credentials": lambda stored, tokens: ClientCredentials(tokens),
    "personal_access_token": lambda stored, tokens: PersonalAccessToken(stored["token"]),
}


def restore(kind: str, credentials: Mapping[str, str], *, tokens: Tokens | None = None) -> AuthBase:
    """Make from stored credentials what signs with them; `kind` is one of KINDS.

    The two kinds with access tokens get them from `tokens`, and sign with the stored one where that is not given.
    """
    if kind not in KINDS:
        raise Invalid(
            f"There are no credentials of the kind {kind!r}.", f"Choose one of {', '.join(KINDS)}.", sent=False
        )
    return KINDS[kind](credentials, tokens or (lambda stale: credentials["access_token"]))


def _one_word(value: str, what: str) -> str:
    # A stray line break would be refused by the HTTP library in a message that quotes the whole secret.
    word = value.strip()
    if not _VISIBLE.fullmatch(word):
        raise Invalid(
            f"The {what} is empty or holds spaces, line breaks or characters outside ASCII.",
            f"Copy the {what} again, in one piece.",
            sent=False,
        )
    return word
