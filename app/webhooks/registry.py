"""The registrations on Jira's side, whichever kind they are, behind one face."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.jira import Jira
from app.jira.admin_webhooks import ClassicWebhooks, admin_webhooks
from app.jira.dynamic_webhooks import dynamic_webhooks
from app.storage.connections import Connection
from app.webhooks.registration import Registration, kind_of


@dataclass(frozen=True)
class Listed:
    """A registration as Jira tells it; the secret it never tells."""

    id: str
    url: str
    events: tuple[str, ...]
    jql: str
    #: Empty for dynamic ones, which have none.
    name: str = ""
    enabled: bool = True
    #: Milliseconds since the epoch; None for those that do not expire.
    expires_at: int | None = None


class Registry(ABC):
    """What one account may see and change of a Jira's registrations; all of it raises JiraError."""

    #: Whether every registration in it was made by our own app.
    own: ClassVar[bool]
    #: Whether registrations can be filtered by JQL.
    filters: bool = True

    @abstractmethod
    def list(self) -> Sequence[Listed]:
        """Return the registrations that the account may see."""

    @abstractmethod
    def add(self, wanted: Registration) -> str:
        """Register and return the id."""

    @abstractmethod
    def change(self, present: Listed, wanted: Registration) -> str:
        """Make a registration what it shall be and return its id, which may be another one."""

    @abstractmethod
    def remove(self, webhook_id: str) -> None:
        """Take a registration away."""


class DynamicRegistry(Registry):
    """Those of our OAuth app for the user who consented; there may be 5, all with one URL, living 30 days."""

    own = True

    def __init__(self, jira: Jira) -> None:
        self._theirs = dynamic_webhooks(jira)

    def list(self) -> Sequence[Listed]:
        """Return our app's registrations."""
        return [Listed(w.id, w.url, w.events, w.jql, expires_at=w.expires_at) for w in self._theirs.list()]

    def add(self, wanted: Registration) -> str:
        """Register and return the id."""
        return self._theirs.register(wanted.url, wanted.events, wanted.jql)

    def change(self, present: Listed, wanted: Registration) -> str:
        """Replace a registration, because Jira offers no way to change one."""
        if present.url != wanted.url:
            # Jira takes a second URL only once the first is gone.
            self._theirs.remove([present.id])
            return self.add(wanted)
        # The new one first, so that nothing is missed; Jira sends what both of them match once.
        made = self.add(wanted)
        self._theirs.remove([present.id])
        return made

    def remove(self, webhook_id: str) -> None:
        """Take a registration away."""
        self._theirs.remove([webhook_id])

    def refresh(self, webhook_ids: Sequence[str]) -> None:
        """Let registrations live another 30 days."""
        self._theirs.refresh(webhook_ids)


class AdminRegistry(Registry):
    """Those in Jira's system settings, which administrators may see and change, whoever made them."""

    own = False

    def __init__(self, admin: Jira) -> None:
        self._theirs = admin_webhooks(admin)
        self.filters = isinstance(self._theirs, ClassicWebhooks)

    def list(self) -> Sequence[Listed]:
        """Return all registrations."""
        return [Listed(w.id, w.url, w.events, w.jql, name=w.name, enabled=w.enabled) for w in self._theirs.list()]

    def add(self, wanted: Registration) -> str:
        """Register and return the id."""
        return self._theirs.register(wanted.url, wanted.name, wanted.events, jql=wanted.jql, secret=wanted.secret)

    def change(self, present: Listed, wanted: Registration) -> str:
        """Change a registration in place, its secret too."""
        self._theirs.update(present.id, wanted.url, wanted.name, wanted.events, jql=wanted.jql, secret=wanted.secret)
        return present.id

    def remove(self, webhook_id: str) -> None:
        """Take a registration away."""
        self._theirs.remove(webhook_id)


def registry_of(connection: Connection, jira: Jira) -> Registry:
    """Return the registrations of the kind a connection gets, as the account of `jira` sees them."""
    return DynamicRegistry(jira) if kind_of(connection) == "dynamic" else AdminRegistry(jira)
