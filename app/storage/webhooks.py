"""Registrations on Jira's side that point at us, and the secrets their deliveries are verified with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now
from app.storage.vault import Vault

_table = tables.webhooks
_SECRETS = (
    "SELECT kind, secret, CASE WHEN previous_until > :now THEN previous_secret ELSE '' END "
    "FROM connections LEFT JOIN webhooks ON connection_id = connections.id "
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
    url: str = ""
    events: tuple[str, ...] = ()
    jql: str = ""
    #: When Jira forgets a dynamic webhook unless it is refreshed, in milliseconds.
    expires_at: int | None = None
    #: Until when the secret before the present one verifies too.
    previous_until: int | None = None


_COLUMNS = [_table.c[name] for name in Webhook.__dataclass_fields__]


def add(
    db: Database,
    vault: Vault,
    *,
    connection_id: str,
    kind: str,
    jira_id: str,
    secret: str,
    url: str = "",
    events: Sequence[str] = (),
    jql: str = "",
    expires_at: int | None = None,
) -> int:
    """Store a registration with its secret sealed and return its number."""
    values = {
        "connection_id": connection_id,
        "kind": kind,
        "jira_id": jira_id,
        "secret": vault.seal(secret),
        "url": url,
        "events": list(events),
        "jql": jql,
        "expires_at": expires_at,
        "created_at": now(),
    }
    with db.writing() as tx:
        return int(tx.execute(_table.insert().values(values).returning(_table.c.id)).scalar_one())


def update(db: Database, webhook_id: int, **values: Any) -> None:
    """Change what is stored of a registration: jira_id, url, events, jql or expires_at."""
    with db.writing() as tx:
        tx.execute(_table.update().where(_table.c.id == webhook_id).values(values))


def rotate(db: Database, vault: Vault, webhook_id: int, secret: str, overlap: int) -> None:
    """Store a new secret; the one before verifies for `overlap` more milliseconds."""
    values = {"previous_secret": _table.c.secret, "secret": vault.seal(secret), "previous_until": now() + overlap}
    update(db, webhook_id, **values)


def of_connection(db: Database, connection_id: str) -> list[Webhook]:
    """List a connection's registrations, oldest first."""
    query = sa.select(*_COLUMNS).where(_table.c.connection_id == connection_id).order_by(_table.c.id)
    with db.reading() as tx:
        return [Webhook(**(row._asdict() | {"events": tuple(row.events)})) for row in tx.execute(query)]


def secret(db: Database, vault: Vault, webhook_id: int) -> str:
    """Unseal the present secret of a registration."""
    with db.reading() as tx:
        return vault.unseal(tx.scalar(sa.select(_table.c.secret).where(_table.c.id == webhook_id)))


def remove(db: Database, webhook_id: int) -> None:
    """Forget a registration, and with it its secret."""
    with db.writing() as tx:
        tx.execute(_table.delete().where(_table.c.id == webhook_id))


def sealed_secrets(db: Database, connection_id: str) -> list[tuple[str, str]] | None:
    """Name (kind, sealed secret) of everything a delivery may be signed with, or None for an unknown connection."""
    rows = db.look(_SECRETS, {"connection": connection_id, "now": now()})
    return [(kind, sealed) for kind, *both in rows for sealed in both if sealed] if rows else None
