"""Taking registrations away, ours or one that somebody left behind."""

from app.jira import Jira
from app.storage import audit, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.webhooks.register import adopt, drop
from app.webhooks.registration import WebhookError
from app.webhooks.registry import registry_of


def remove(db: Database, connection: Connection, jira: Jira, jira_id: str = "") -> list[str]:
    """Remove one registration by Jira's id, or all of the connection; return the ids of those that are gone.

    Raises JiraError, Forbidden where the account is no administrator, and WebhookError for an id Jira does not list.
    """
    registry = registry_of(connection, jira)
    listed = registry.list()
    ours, theirs = adopt(db, connection, listed), {one.id for one in listed}
    chosen = [jira_id] if jira_id else [webhook.jira_id for webhook in ours if webhook.jira_id in theirs]
    if jira_id and jira_id not in theirs:
        raise WebhookError(f"Jira lists no webhook {jira_id}.", f"It lists: {', '.join(sorted(theirs)) or 'none'}.")
    for gone in chosen:
        drop(registry, gone)
    for webhook in ours:
        if not jira_id or webhook.jira_id == jira_id:
            webhooks.remove(db, webhook.id)
    audit.record(db, "webhooks", f"removed webhooks of {connection.name}: {', '.join(chosen) or 'none'}")
    return chosen
