"""Bringing Jira's side in line with ours: what is wrong is repaired where the account may, and told otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.jira import Jira
from app.jira.errors import Forbidden
from app.settings import Settings
from app.storage import audit, connections, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.vault import Vault
from app.storage.webhooks import Webhook
from app.webhooks.comparing import Difference, Expected, compare, compare_unseen
from app.webhooks.register import adopt, drop, expiry, register_in, unsigned
from app.webhooks.registration import EVENTS, Registration, jql_of, keep_on, kind_of, url_of
from app.webhooks.registry import Registry, registry_of
from app.webhooks.rotate import follow_client_secret

#: Where administrators find webhooks in Jira.
PAGE = "System > WebHooks"


@dataclass(frozen=True)
class Finding:
    """Something that was not as it must be: of which kind, in words with the cure, and whether it is mended now."""

    kind: str
    text: str
    repaired: bool


def reconcile(
    db: Database, vault: Vault, connection: Connection, jira: Jira, settings: Settings, *, repair: bool = True
) -> list[Finding]:
    """Compare the registrations of a connection with what they must be, and repair what the account may.

    `jira` is the connection's own client or an administrator's. Raises JiraError where Jira cannot be asked, and
    WebhookError where the settings do not say what to register.
    """
    wanted = keep_on(db, vault, connection, settings) if projects.authorized(db, connection.id) else None
    registry = registry_of(connection, jira)
    ours = webhooks.of_connection(db, connection.id)
    try:
        theirs = registry.list()
    except Forbidden:
        return _tell_unseen(wanted, ours)
    ours = adopt(db, connection, theirs)
    urls = [url_of(settings.public_url, known.id) for known in connections.every(db)]
    prefix = url_of(settings.public_url, "") if settings.public_url else ""
    differences = compare(
        Expected(wanted, ours, prefix, urls), theirs, own=registry.own, filters=registry.filters, now=now()
    )
    mending = Mending(db, vault, connection, registry, wanted)
    found = [mending.mend(one) if repair else _tell(one) for one in differences]
    if repair and kind_of(connection) == "dynamic" and follow_client_secret(db, vault, connection, settings):
        found.append(Finding("secret", "The OAuth app has a new client secret; the one before counts for a day.", True))
    if warning := unsigned(connection, jira):
        found.append(Finding("unsigned", warning, repaired=False))
    return found


@dataclass(frozen=True)
class Mending:
    """Repairs differences in one connection's registry."""

    db: Database
    vault: Vault
    connection: Connection
    registry: Registry
    wanted: Registration | None

    def mend(self, difference: Difference) -> Finding:
        """Repair a difference, unless it is somebody else's to decide."""
        if difference.kind == "foreign":
            return _tell(difference)
        if difference.kind == "missing":
            done = f"Registered webhook {self._register()}."
        elif difference.kind in ("orphan", "unneeded"):
            done = self._remove(difference)
        else:
            done = self._change(difference)
        audit.record(self.db, "webhooks", f"{self.connection.name}: {difference.text} {done}")
        return Finding(difference.kind, f"{difference.text} {done}", repaired=True)

    def _register(self) -> str:
        assert self.wanted is not None, "nothing is missing where nothing is wanted"
        return register_in(self.registry, self.db, self.vault, self.connection, self.wanted)

    def _remove(self, difference: Difference) -> str:
        assert difference.listed is not None, "only what Jira lists is an orphan"
        drop(self.registry, difference.listed.id)
        if difference.webhook:
            webhooks.remove(self.db, difference.webhook.id)
        return "Removed it."

    def _change(self, difference: Difference) -> str:
        present, webhook, wanted = difference.listed, difference.webhook, self.wanted
        assert present is not None, "only what Jira lists can be changed"
        assert webhook is not None, "only what we remember is changed"
        assert wanted is not None, "nothing is changed where nothing is wanted"
        jira_id = self.registry.change(present, wanted)
        webhooks.update(
            self.db,
            webhook.id,
            jira_id=jira_id,
            url=wanted.url,
            events=list(wanted.events),
            jql=wanted.jql if self.registry.filters else "",
            expires_at=expiry(self.registry, jira_id),
        )
        return f"Webhook {jira_id} is as it must be now."


def trust(db: Database, connection: Connection, settings: Settings) -> None:
    """Take for done what an admin was told to change by hand, because our account may not look whether it is."""
    keys = projects.authorized(db, connection.id)
    url, jql = url_of(settings.public_url, connection.id), jql_of(keys)
    for webhook in webhooks.of_connection(db, connection.id) if keys else ():
        webhooks.update(db, webhook.id, url=url, events=list(EVENTS), jql=webhook.jql and jql)


def _tell(difference: Difference) -> Finding:
    """Say what to do about a difference that is not repaired now."""
    if difference.kind != "foreign" or difference.listed is None:
        return Finding(
            difference.kind, f"{difference.text} `jira-reactor webhooks doctor` repairs that.", repaired=False
        )
    cure = f"If nobody needs it, delete it at {PAGE} or with `jira-reactor webhooks remove {difference.listed.id}`."
    return Finding(difference.kind, f"{difference.text} {cure}", repaired=False)


def _tell_unseen(wanted: Registration | None, ours: Sequence[Webhook]) -> list[Finding]:
    """Say what to do in Jira, as far as our own memory tells."""
    if wanted is None:
        text = "No project is authorized any more: delete the webhook, or run `jira-reactor webhooks remove`"
        return [Finding("unneeded", f"{text} with an administrator's token.", repaired=False)] if ours else []
    return [
        Finding(one.kind, f"{one.text} {_by_hand(one, wanted)}", repaired=False) for one in compare_unseen(wanted, ours)
    ]


def _by_hand(difference: Difference, wanted: Registration) -> str:
    if difference.kind == "missing":
        return (
            "Run `jira-reactor webhooks register` with an administrator's token, or with --by-hand for the values to "
            f"paste at {PAGE}."
        )
    return (
        f"Only an administrator may change that: at {PAGE}, set its URL to {wanted.url} its JQL to {wanted.jql} and "
        f"its events to {', '.join(wanted.events)}; or let `jira-reactor webhooks doctor` do so with an "
        "administrator's token."
    )
