"""What the webhook of a connection must be, told from what an admin authorized and set."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from app.errors import ReactorError
from app.settings import Settings
from app.storage import projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

Kind = Literal["admin", "dynamic", "datacenter"]

#: What handlers can react to; Jira filters these by the projects we name.
EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
)
#: How the name of every registration of ours begins.
NAME = "jira-reactor"


class WebhookError(ReactorError):
    """A webhook cannot be registered as things are."""


@dataclass(frozen=True)
class Registration:
    """What a webhook consists of; a dynamic one has no name in Jira, and its secret is the OAuth app's own."""

    name: str
    url: str
    events: tuple[str, ...]
    jql: str
    secret: str = field(repr=False)


def plan(db: Database, connection: Connection, public_url: str, *, secret: str = "") -> Registration:
    """Say what the webhook of a connection must be, with this secret or a new one.

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
    url = url_of(public_url, connection.id)
    return Registration(f"{NAME} {connection.name}", url, EVENTS, jql_of(keys), secret or secrets.token_urlsafe(32))


def keep_on(db: Database, vault: Vault, connection: Connection, settings: Settings) -> Registration:
    """Say what the webhook of a connection must be, with the secret it has if it has one.

    Raises WebhookError where the settings or the authorized projects leave nothing to register.
    """
    if kind_of(connection) == "dynamic":
        secret = _client_secret(settings)
    else:
        known = webhooks.of_connection(db, connection.id)
        secret = webhooks.secret(db, vault, known[-1].id) if known else ""
    return plan(db, connection, settings.public_url, secret=secret)


def kind_of(connection: Connection) -> Kind:
    """Say which of Jira's webhooks a connection gets; only an app that somebody consented to may register dynamic ones.

    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/
    """
    if connection.deployment == "datacenter":
        return "datacenter"
    return "dynamic" if connection.auth == "oauth" else "admin"


def url_of(public_url: str, connection_id: str) -> str:
    """Write the address at which a connection's deliveries arrive; without an id, what all of them begin with."""
    return f"{public_url}/webhooks/jira/{connection_id}"


def jql_of(keys: Iterable[str]) -> str:
    """Write the filter that names projects; keys are quoted because some are words of JQL."""
    names = ", ".join(f'"{key}"' for key in sorted(keys))
    return f"project IN ({names})"


def _client_secret(settings: Settings) -> str:
    if not settings.oauth_client_secret:
        raise WebhookError(
            "JIRA_REACTOR_OAUTH_CLIENT_SECRET is not set, which signs the deliveries of dynamic webhooks.",
            "Set it to the client secret of the OAuth app, from developer.atlassian.com.",
        )
    return settings.oauth_client_secret
