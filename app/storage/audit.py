"""Who did what to the installation."""

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now


def record(db: Database, who: str, what: str) -> None:
    """Write one line of the audit log."""
    with db.writing() as tx:
        tx.execute(tables.audit.insert().values(at=now(), who=who, what=what))


def latest(db: Database, limit: int) -> list[tuple[int, str, str]]:
    """List (when, who, what) of the newest lines, newest first."""
    table = tables.audit
    with db.reading() as tx:
        rows = tx.execute(sa.select(table.c.at, table.c.who, table.c.what).order_by(table.c.id.desc()).limit(limit))
        return [tuple(row) for row in rows]
