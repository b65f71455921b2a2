"""Which projects an admin authorized on which connection."""

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.projects


def authorize(db: Database, connection_id: str, key: str) -> bool:
    """Authorize a project by its exact key; tell whether that was new."""
    if key in authorized(db, connection_id):
        return False
    with db.writing() as tx:
        tx.execute(_table.insert().values(connection_id=connection_id, key=key, authorized_at=now()))
    return True


def revoke(db: Database, connection_id: str, key: str) -> bool:
    """Take a project's authorization back; tell whether it had one."""
    with db.writing() as tx:
        gone = tx.execute(_table.delete().where(_table.c.connection_id == connection_id, _table.c.key == key))
    return bool(gone.rowcount)


def authorized(db: Database, connection_id: str) -> frozenset[str]:
    """Name the keys of a connection's authorized projects."""
    with db.reading() as tx:
        return frozenset(tx.scalars(sa.select(_table.c.key).where(_table.c.connection_id == connection_id)))
