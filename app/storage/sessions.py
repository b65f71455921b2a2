"""What droids remember of issues: the session that a follow-up continues."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database

_table = tables.sessions


@dataclass(frozen=True)
class Session:
    """A droid's own memory of an issue, and the newest comment it was told."""

    id: str
    told_until: int


def find(db: Database, connection_id: str, issue: str, droid: str) -> Session | None:
    """Find a droid's session of an issue."""
    with db.reading() as tx:
        row = tx.execute(
            sa.select(_table.c.session, _table.c.told_until).where(_mine(connection_id, issue, droid))
        ).one_or_none()
    return Session(*row) if row else None


def keep(db: Database, connection_id: str, issue: str, droid: str, session: Session) -> None:
    """Keep a droid's session of an issue in the place of an earlier one."""
    values = {"session": session.id, "told_until": session.told_until}
    names = {"connection_id": connection_id, "issue": issue, "droid": droid}
    with db.writing() as tx:
        if not tx.execute(_table.update().where(_mine(connection_id, issue, droid)).values(values)).rowcount:
            tx.execute(_table.insert().values(names | values))


def _mine(connection_id: str, issue: str, droid: str) -> sa.ColumnElement[bool]:
    return (_table.c.connection_id == connection_id) & (_table.c.issue == issue) & (_table.c.droid == droid)
