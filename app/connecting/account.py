"""Whether the account behind the credentials is the one droids shall work as.

What speaks against an account, in this order:

1. It is deactivated. That cannot be overridden, because nothing works with it.
2. It is not who the admin declared with `--account` (an e-mail address, a name, a login name or an id), or, where a
   connection is made anew and nothing is declared, not who the connection worked as before.
3. It is no user: the customer of a service desk, or an app that signs with what only users have; nobody could assign
   issues to it. With a scoped token or client credentials an app will do, for Cloud's service accounts have nothing
   else, and which kind of account Jira calls them is not documented.
4. It administers Jira and nobody declared it. An admin who follows the guide in their own browser ends up here; a
   service account has no business with that permission.
"""

from dataclasses import dataclass

from app.connecting.errors import WrongAccount
from app.events.event import User
from app.jira import Jira, reading

_OF_USERS = frozenset({"api_token", "oauth", "personal_access_token"})


@dataclass(frozen=True)
class Expected:
    """What is known beforehand of the account."""

    #: Its e-mail address, name, login name or id; empty where the admin did not say.
    declared: str = ""
    #: Who the connection has worked as; None for a new one.
    before: User | None = None
    #: Whether the admin insists on whoever it is.
    accepted: bool = False


@dataclass(frozen=True)
class Profile:
    """An account and the e-mail address it has, where Jira shows it."""

    user: User
    email: str = ""

    @property
    def names(self) -> set[str]:
        """Give everything it may be called, in lower case."""
        known = (self.user.id, self.user.name, self.user.username, self.email)
        return {name.casefold() for name in known if name}

    def __str__(self) -> str:
        return f"{self.user.name} ({self.email or self.user.id})"


def check(jira: Jira, auth: str, expected: Expected, email: str = "") -> tuple[User, str]:
    """Return the account we are, and what spoke against it where the admin accepted it all the same, else nothing.

    `email` is the address that signs, where one does. Raises WrongAccount.
    """
    told = reading.mapping(jira.client.send("GET", f"{jira.api}/myself"))
    profile = Profile(reading.user(told), str(told.get("emailAddress") or email))
    if not profile.user.active:
        raise WrongAccount(
            f"The account {profile} is deactivated in Jira.",
            "Reactivate it in Jira's user management, or make a token of the service account that shall work.",
        )
    doubt = _doubt(jira, auth, expected, profile)
    if doubt and not expected.accepted:
        raise WrongAccount(doubt, _cure(auth, expected))
    return profile.user, doubt


def _doubt(jira: Jira, auth: str, expected: Expected, profile: Profile) -> str:
    user, before = profile.user, expected.before
    if expected.declared and expected.declared.strip().casefold() not in profile.names:
        return f"The account is {profile}, not {expected.declared}."
    if before and not expected.declared and user.id != before.id:
        return f"The account is {profile}; the connection has worked as {before.name} ({before.id}) so far."
    if user.kind == "customer":
        return f"{profile} is a customer of a service desk, who cannot work on issues."
    if user.kind == "app" and auth in _OF_USERS:
        return f"{profile} is the account of an app; issues cannot be assigned to it."
    known = expected.declared or (before and before.id == user.id)
    if not known and jira.permissions(keys=("ADMINISTER",)).get("ADMINISTER"):
        return f"{profile} administers Jira, so it looks like your own account and not like a service account."
    return ""


def _cure(auth: str, expected: Expected) -> str:
    wanted = expected.declared or (expected.before.name if expected.before else "Factory Droid")
    if auth == "oauth":
        how = f"Ask for a new link, open it in a private window, log in to Atlassian as {wanted}, and try again."
    elif auth == "client_credentials":
        how = f"Make the client credentials for the service account {wanted}, and try again."
    else:
        how = f"In a private window log in to Jira as {wanted}, make the token there, and try again."
    return f"{how} If this is the right account, name it with --account, or insist with --accept-account."
