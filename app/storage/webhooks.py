"""Registrations on Jira's side that point at us, and the secrets their deliveries are verified with."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now
from app.storage.vault import Vault

_table = tables.webhooks
_SECRETS = (
    "SELECT kind, secret, previous_secret FROM connections LEFT JOIN webhooks ON connection_id = connections.id "
    "WHERE connections.id = :connection"
)


@dataclass(frozen=True)
class Webhook:
    """A registration as stored; `jira_id` is empty for one that an admin pasted by hand."""

    id: int
    connection_id: str
    #: admin, dynamic or datacenter.
    kind: str
    jira_id: str


def add(db: Database, vault: Vault, *, connection_id: str, kind: str, jira_id: str, secret: str) -> None:
    """Store a registration with its secret sealed."""
    with db.writing() as tx:
        tx.execute(
            _table.insert().values(
                connection_id=connection_id, kind=kind, jira_id=jira_id, secret=vault.seal(secret), created_at=now()
            )
        )


def of_connection(db: Database, connection_id: str) -> list[Webhook]:
    """List a connection's registrations, oldest first."""
    columns = (_table.c.id, _table.c.connection_id, _table.c.kind, _table.c.jira_id)
    with db.reading() as tx:
        rows = tx.execute(sa.select(*columns).where(_table.c.connection_id == connection_id).order_by(_table.c.id))
        return [Webhook(*row) for row in rows]


def remove(db: Database, webhook_id: int) -> None:
    """Forget a registration, and with it its secret."""
    with db.writing() as tx:
        tx.execute(_table.delete().where(_table.c.id == webhook_id))


def sealed_secrets(db: Database, connection_id: str) -> list[tuple[str, str]] | None:
    """Name (kind, sealed secret) of everything a delivery may be signed with, or None for an unknown connection."""
    rows = db.look(_SECRETS, {"connection": connection_id})
    return [(kind, sealed) for kind, *both in rows for sealed in both if sealed] if rows else None
