"""Who has an account on the site: people, service accounts, and apps with their own credentials."""

import secrets
import uuid
from dataclasses import dataclass, field

#: How the address of every service account on Cloud ends.
SERVICE_DOMAIN = "serviceaccount.atlassian.com"


@dataclass(frozen=True)
class Person:
    """An account; `id` is the accountId on Cloud and the user key on Data Center, `token` its secret.

    Jira shows a service account as accountType atlassian too; its address alone gives it away.
    """

    id: str
    name: str
    username: str
    email: str
    #: Cloud's accountType: atlassian, app or customer.
    kind: str = "atlassian"
    admin: bool = False
    active: bool = True
    #: Whether its credentials have stopped working.
    locked: bool = False
    #: API token without scopes on Cloud, personal access token on Data Center.
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def service(self) -> bool:
        """Say whether it is a service account of Cloud; those have scoped tokens only."""
        return self.email.endswith(f"@{SERVICE_DOMAIN}")


@dataclass(frozen=True)
class App:
    """An OAuth 2.0 app as the developer console knows it.

    `redirect_uri` and `scopes` bound what people may be asked to consent to; with a `service` account it has client
    credentials, which act as that account without asking anybody.
    """

    name: str
    redirect_uri: str = ""
    scopes: frozenset[str] = frozenset()
    service: Person | None = None
    client_id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


def new_account_id() -> str:
    """Make an accountId of the modern kind, colon and dashes included."""
    return f"712020:{uuid.uuid4()}"
