"""Who has an account on the site: people, service accounts, and apps with their own credentials."""

import secrets
import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """An account; `id` is the accountId on Cloud and the user key on Data Center, `token` its secret."""

    id: str
    name: str
    username: str
    email: str
    #: Cloud's accountType: atlassian, app or customer.
    kind: str = "atlassian"
    admin: bool = False
    active: bool = True
    #: API token on Cloud, personal access token on Data Center.
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


@dataclass(frozen=True)
class App:
    """An OAuth 2.0 app one person has consented to: its `token` acts for that person."""

    name: str
    person: Person
    client_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


def new_account_id() -> str:
    """Make an accountId of the modern kind, colon and dashes included."""
    return f"712020:{uuid.uuid4()}"
