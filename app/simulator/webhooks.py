"""Webhook registrations of every kind, and which of them a happening concerns."""

import itertools
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.simulator import jql
from app.simulator.clock import Clock
from app.simulator.happening import Happening
from app.simulator.people import App, Person

LIFETIME = timedelta(days=30)
#: Dynamic webhooks one app may have for one user.
DYNAMIC_LIMIT = 5
DYNAMIC_EVENTS = frozenset(
    {
        *(f"jira:issue_{what}" for what in ("created", "updated", "deleted")),
        *(f"comment_{what}" for what in ("created", "updated", "deleted")),
        *(f"issue_property_{what}" for what in ("set", "deleted")),
        *(f"sprint_{what}" for what in ("created", "updated", "closed", "deleted", "started")),
        *(f"jira:version_{what}" for what in ("released", "unreleased", "created", "moved")),
        *(f"jira:version_{what}" for what in ("updated", "merged", "deleted")),
    }
)


@dataclass
class Webhook:
    """A registration: admin webhooks may have a secret, dynamic ones belong to an app and run out."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    by: Person
    filter: str = ""
    secret: str = field(default="", repr=False)
    enabled: bool = True
    exclude_body: bool = False
    app: App | None = None
    expires: datetime | None = None
    field_ids: tuple[str, ...] = ()
    property_keys: tuple[str, ...] = ()
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    def wants(self, happening: Happening, now: datetime) -> bool:
        """Say whether it is to hear of a happening."""
        if not self.enabled or happening.event not in self.events:
            return False
        if self.expires and self.expires <= now:
            return False
        changed = {item.field for item in happening.history.items} if happening.history else set()
        if self.field_ids and happening.event == "jira:issue_updated" and not changed & set(self.field_ids):
            return False
        if self.property_keys and happening.property and happening.property[0] not in self.property_keys:
            return False
        return jql.parse(self.filter).matches(happening.issue, self.by)


class Webhooks:
    """All registrations of a site."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        #: Tell when webhooks run out as ISO text, which the documentation shows, and not as the number it promises.
        self.iso_dates = False
        self._lock = threading.Lock()
        self._webhooks: dict[int, Webhook] = {}
        self._numbers = itertools.count(1)

    def add(self, **settings: object) -> Webhook:
        """Register a webhook with the fields of Webhook."""
        with self._lock:
            webhook = Webhook(id=next(self._numbers), **settings)  # type: ignore[arg-type]
            self._webhooks[webhook.id] = webhook
            return webhook

    def get(self, webhook_id: int) -> Webhook | None:
        """Find a registration."""
        return self._webhooks.get(webhook_id)

    def remove(self, webhook_id: int) -> None:
        """Forget a registration."""
        with self._lock:
            self._webhooks.pop(webhook_id, None)

    def of_admins(self) -> list[Webhook]:
        """List the webhooks administrators made."""
        return [webhook for webhook in list(self._webhooks.values()) if webhook.app is None]

    def of_app(self, app: App, by: Person | None = None) -> list[Webhook]:
        """List an app's own dynamic webhooks, run-out ones included; all of them, or those one person registered."""
        own = [webhook for webhook in list(self._webhooks.values()) if webhook.app is app]
        return [webhook for webhook in own if by is None or webhook.by.id == by.id]

    def new_expiry(self) -> datetime:
        """Say until when a dynamic webhook lives that is registered or refreshed now."""
        return self.clock.now() + LIFETIME

    def expire(self, webhook_id: int) -> None:
        """Let a dynamic webhook have run out just now; it stays listed."""
        self._webhooks[webhook_id].expires = self.clock.now()

    def concerned(self, happening: Happening) -> list[list[Webhook]]:
        """Group the webhooks that hear of a happening by delivery: an app gets one for all of its own."""
        wanting = [webhook for webhook in list(self._webhooks.values()) if webhook.wants(happening, self.clock.now())]
        alone = [[webhook] for webhook in wanting if webhook.app is None]
        shared: dict[str, list[Webhook]] = {}
        for webhook in wanting:
            if webhook.app:
                shared.setdefault(webhook.app.client_id, []).append(webhook)
        return [*alone, *shared.values()]
