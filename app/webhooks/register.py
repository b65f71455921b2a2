"""Registering the webhook of a connection, over REST or as values for an admin to paste."""

from collections.abc import Sequence

from app.jira import Jira
from app.jira.errors import NotFound
from app.storage import audit, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault
from app.storage.webhooks import Webhook
from app.webhooks.registration import EVENTS, NAME, Registration, WebhookError, jql_of, kind_of, plan
from app.webhooks.registry import Listed, Registry, registry_of

#: What callers need to register goes by this module's name.
__all__ = ["EVENTS", "Registration", "WebhookError", "jql_of", "plan"]


def register(db: Database, vault: Vault, connection: Connection, registration: Registration, jira: Jira) -> str:
    """Register over REST, replacing what we registered there before; return the id.

    `jira` is an administrator's client, or the connection's own where it is an OAuth app. Raises JiraError, Forbidden
    where the account is no administrator.
    """
    return register_in(registry_of(connection, jira), db, vault, connection, registration)


def register_in(
    registry: Registry, db: Database, vault: Vault, connection: Connection, registration: Registration
) -> str:
    """Register in one Jira's registry, as `register` does."""
    older = webhooks.of_connection(db, connection.id)
    known = {webhook.jira_id for webhook in older if webhook.jira_id}
    present = [listed for listed in registry.list() if listed.id in known]
    for listed in (one for one in present if registry.own and one.url != registration.url):
        # Jira takes a second URL of an app only once the first is gone.
        registry.remove(listed.id)
    jira_id = registry.add(registration)
    store(db, vault, connection, registration, jira_id, filtered=registry.filters, expires_at=expiry(registry, jira_id))
    for webhook in older:
        if webhook.jira_id in {listed.id for listed in present}:
            drop(registry, webhook.jira_id)
        webhooks.remove(db, webhook.id)
    return jira_id


def store(
    db: Database,
    vault: Vault,
    connection: Connection,
    registration: Registration,
    jira_id: str = "",
    *,
    filtered: bool = True,
    expires_at: int | None = None,
) -> int:
    """Remember a registration and return its number; without an id it is one that an admin pastes into Jira."""
    number = webhooks.add(
        db,
        vault,
        connection_id=connection.id,
        kind=kind_of(connection),
        jira_id=jira_id,
        secret=registration.secret,
        url=registration.url,
        events=registration.events,
        jql=registration.jql if filtered else "",
        expires_at=expires_at,
    )
    audit.record(
        db, "webhooks", f"registered webhook {jira_id or '(by hand)'} of {connection.name}: {registration.jql}"
    )
    return number


def adopt(db: Database, connection: Connection, theirs: Sequence[Listed]) -> list[Webhook]:
    """List what we remember, oldest first, after giving what an admin pasted by hand the id that Jira gave it."""
    ours = webhooks.of_connection(db, connection.id)
    taken = {webhook.jira_id for webhook in ours}
    for webhook in reversed(ours):
        candidates = [listed for listed in theirs if listed.url == webhook.url and listed.id not in taken]
        if not webhook.jira_id and candidates:
            found = max(candidates, key=lambda listed: listed.name.startswith(NAME))
            taken.add(found.id)
            webhooks.update(db, webhook.id, jira_id=found.id)
    return webhooks.of_connection(db, connection.id)


def drop(registry: Registry, webhook_id: str) -> None:
    """Take a registration away, if it is still there."""
    try:
        registry.remove(webhook_id)
    except NotFound:
        # Somebody was faster.
        return


def values(registration: Registration) -> list[tuple[str, str]]:
    """List (label, value) of what an admin types at System > WebHooks > Create a WebHook; the secret is among it."""
    return [
        ("Name", registration.name),
        ("URL", registration.url),
        ("Secret (shown this once)", registration.secret),
        ("JQL", registration.jql),
        ("Events", ", ".join(registration.events)),
    ]


def unsigned(connection: Connection, jira: Jira) -> str:
    """Say that a Jira is too old to sign what it pushes, and what to do; empty where it is not."""
    version = jira.server().version
    if kind_of(connection) != "datacenter" or version[:1] >= (10,):
        return ""
    return (
        f"Jira {'.'.join(map(str, version))} does not sign its webhooks, so every delivery will be refused. Upgrade to "
        "Data Center 10, the first that signs. Until then the sweep alone finds what happens, every ten minutes."
    )


def expiry(registry: Registry, jira_id: str) -> int | None:
    """Ask until when a registration lives; None for those that do not expire."""
    return next((listed.expires_at for listed in registry.list() if listed.id == jira_id), None)
