"""Registering the webhook of a connection, over REST or as values for an admin to paste."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from app.errors import ReactorError
from app.jira import Jira
from app.jira.admin_webhooks import admin_webhooks
from app.jira.errors import NotFound
from app.storage import audit, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

#: What handlers can react to; Jira filters these by the projects we name.
EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
)


class WebhookError(ReactorError):
    """A webhook cannot be registered as things are."""


@dataclass(frozen=True)
class Registration:
    """What a webhook in Jira's system settings consists of."""

    name: str
    url: str
    events: tuple[str, ...]
    jql: str
    secret: str = field(repr=False)


def plan(db: Database, connection: Connection, public_url: str) -> Registration:
    """Say what the webhook of a connection must be, with a new secret.

    Raises WebhookError where no project is authorized or the receiver's public URL is not set.
    """
    keys = projects.authorized(db, connection.id)
    if not keys:
        raise WebhookError(
            f"No project is authorized on {connection.name}.", "Run `jira-reactor projects authorize KEY` first."
        )
    if not public_url:
        raise WebhookError(
            "JIRA_REACTOR_PUBLIC_URL is not set, so Jira cannot be told where to push.",
            "Set it to the https address under which Jira reaches `jira-reactor serve`.",
        )
    url = f"{public_url}/webhooks/jira/{connection.id}"
    return Registration(f"jira-reactor {connection.name}", url, EVENTS, jql_of(keys), secrets.token_urlsafe(32))


def jql_of(keys: Iterable[str]) -> str:
    """Write the filter that names projects; keys are quoted because some are words of JQL."""
    names = ", ".join(f'"{key}"' for key in sorted(keys))
    return f"project IN ({names})"


def register(db: Database, vault: Vault, connection: Connection, registration: Registration, admin: Jira) -> str:
    """Register over REST with an administrator's client, replacing what we registered there before; return its id.

    Raises JiraError, Forbidden where the account is no administrator.
    """
    theirs = admin_webhooks(admin)
    jira_id = theirs.register(
        registration.url, registration.name, registration.events, jql=registration.jql, secret=registration.secret
    )
    older = webhooks.of_connection(db, connection.id)
    store(db, vault, connection, registration, jira_id)
    for webhook in older:
        if webhook.jira_id:
            # An admin may have removed it in Jira already.
            with suppress(NotFound):
                theirs.remove(webhook.jira_id)
        webhooks.remove(db, webhook.id)
    return jira_id


def store(db: Database, vault: Vault, connection: Connection, registration: Registration, jira_id: str = "") -> None:
    """Remember a registration; without an id it is one that an admin pastes into Jira."""
    kind = "datacenter" if connection.deployment == "datacenter" else "admin"
    webhooks.add(db, vault, connection_id=connection.id, kind=kind, jira_id=jira_id, secret=registration.secret)
    audit.record(db, "cli", f"registered webhook {jira_id or '(by hand)'} of {connection.name}: {registration.jql}")
