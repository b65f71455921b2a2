"""How a call proves who we are; the client knows none of these by name."""

import re
from base64 import b64encode
from collections.abc import Mapping

from requests import PreparedRequest
from requests.auth import AuthBase

from app.jira.errors import Invalid

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class ApiToken(AuthBase):
    """Sign with an Atlassian account's email and API token, as Cloud wants it.

    A token without scopes works at the site's own address, one with scopes at api.atlassian.com/ex/jira/<cloudId>.
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
        return f"ApiToken({self.email!r}, ...)"


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


def restore(kind: str, credentials: Mapping[str, str]) -> AuthBase:
    """Make from stored credentials what signs with them; `kind` is api_token or personal_access_token."""
    if kind == "api_token":
        return ApiToken(credentials["email"], credentials["token"])
    if kind == "personal_access_token":
        return PersonalAccessToken(credentials["token"])
    raise Invalid(
        f"There are no credentials of the kind {kind!r}.", "Choose api_token or personal_access_token.", sent=False
    )


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
