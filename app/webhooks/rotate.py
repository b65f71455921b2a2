"""Changing the secret of a webhook; the one before verifies for a while, because Jira retries with old signatures."""

import secrets
from dataclasses import replace

from app.jira import Jira, JiraError
from app.settings import Settings
from app.storage import audit, webhooks
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.vault import Vault
from app.storage.webhooks import Webhook
from app.webhooks.register import adopt, unsigned
from app.webhooks.registration import WebhookError, keep_on, kind_of
from app.webhooks.registry import AdminRegistry, Listed

#: Jira tries a delivery again for up to an hour and a quarter; a day also leaves an admin time to paste.
OVERLAP = 24 * 60 * 60 * 1000


def rotate(
    db: Database, vault: Vault, connection: Connection, admin: Jira, settings: Settings, *, overlap: int = OVERLAP
) -> Webhook:
    """Give a webhook a new secret in Jira and here; `overlap` is in milliseconds.

    Where it was rotated and the overlap goes on, Jira is told the present secret again: so a rotation whose outcome is
    unknown is finished by running it once more. Raises JiraError; where that says that Jira did not change anything,
    nothing is changed here either.
    """
    registry = AdminRegistry(admin)
    webhook = _newest(adopt(db, connection, registry.list()), connection)
    if warning := unsigned(connection, admin):
        raise WebhookError(warning)
    before = webhooks.secret(db, vault, webhook.id)
    under_way = (webhook.previous_until or 0) > now()
    if not under_way:
        webhooks.rotate(db, vault, webhook.id, secrets.token_urlsafe(32), overlap)
    # The new secret is ours before it is Jira's, so that no delivery comes signed with one we do not know.
    wanted = keep_on(db, vault, connection, settings)
    present = Listed(webhook.jira_id, webhook.url, webhook.events, webhook.jql)
    try:
        registry.change(present, replace(wanted, secret=webhooks.secret(db, vault, webhook.id)))
    except JiraError as error:
        if not under_way and not (error.transient and error.sent):
            webhooks.rotate(db, vault, webhook.id, before, 0)
        raise
    audit.record(db, "webhooks", f"rotated the secret of webhook {webhook.jira_id} of {connection.name}")
    return next(one for one in webhooks.of_connection(db, connection.id) if one.id == webhook.id)


def rotate_by_hand(db: Database, vault: Vault, connection: Connection, *, overlap: int = OVERLAP) -> str:
    """Make a new secret for an admin to paste and return it; until then and for the overlap the one before counts."""
    webhook = _newest(webhooks.of_connection(db, connection.id), connection)
    secret = secrets.token_urlsafe(32)
    webhooks.rotate(db, vault, webhook.id, secret, overlap)
    audit.record(db, "webhooks", f"rotated the secret of the webhook of {connection.name}, to be pasted by hand")
    return secret


def follow_client_secret(db: Database, vault: Vault, connection: Connection, settings: Settings) -> bool:
    """Take over a new client secret of the OAuth app from the settings; tell whether there was one."""
    changed = False
    for webhook in webhooks.of_connection(db, connection.id):
        if webhooks.secret(db, vault, webhook.id) != settings.oauth_client_secret:
            webhooks.rotate(db, vault, webhook.id, settings.oauth_client_secret, OVERLAP)
            changed = True
    return changed


def _newest(ours: list[Webhook], connection: Connection) -> Webhook:
    if kind_of(connection) == "dynamic":
        raise WebhookError(
            "The secret of a dynamic webhook is the client secret of the OAuth app.",
            "Make a new one at developer.atlassian.com, set JIRA_REACTOR_OAUTH_CLIENT_SECRET to it, start again and "
            "run `jira-reactor webhooks doctor`; the one before counts for another day.",
        )
    if not ours:
        raise WebhookError(f"{connection.name} has no webhook.", "Run `jira-reactor webhooks register` first.")
    return ours[-1]
