"""Keeping dynamic webhooks alive, which Jira forgets after 30 days."""

from app.jira import Jira
from app.storage import webhooks
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.webhooks.registry import DynamicRegistry

#: Jira's 30 days, halved, in milliseconds: so long it may be away without one running out.
HALF_LIFE = 15 * 24 * 60 * 60 * 1000


def refresh(db: Database, connection: Connection, jira: Jira, *, early: bool = False) -> int | None:
    """Let the dynamic webhooks of a connection live another 30 days and return until when, in milliseconds.

    Only those past the half of their life are refreshed, unless `early`; None where there are none to refresh. One that
    Jira has forgotten stays so, for reconcile to register anew.
    """
    dynamic = [w for w in webhooks.of_connection(db, connection.id) if w.kind == "dynamic"]
    due = [w for w in dynamic if early or (w.expires_at or 0) - now() < HALF_LIFE]
    if not due:
        return None
    registry = DynamicRegistry(jira)
    registry.refresh([webhook.jira_id for webhook in due])
    # Jira says yes to ids it does not know, so only its list tells what lives, and until when.
    lives = {listed.id: listed.expires_at for listed in registry.list()}
    for webhook in due:
        webhooks.update(db, webhook.id, expires_at=lives.get(webhook.jira_id, 0))
    return min((lives.get(webhook.jira_id) or 0 for webhook in due), default=None)
