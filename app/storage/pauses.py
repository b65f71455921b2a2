"""When Jira asked us to wait, and for what: shared by all processes that talk to one Jira."""

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.pauses


def pause(db: Database, connection_id: str, scope: str, until: int) -> None:
    """Let nobody ask for what `scope` names before `until`, in milliseconds; the longest wait counts."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.scope == scope)
    with db.writing() as tx:
        known = tx.scalar(sa.select(_table.c.until).where(mine).with_for_update())
        if known is None:
            tx.execute(_table.insert().values(connection_id=connection_id, scope=scope, until=until))
        elif known < until:
            tx.execute(_table.update().where(mine).values(until=until))
        tx.execute(_table.delete().where(_table.c.until < now() - 60_000))


def until(db: Database, connection_id: str) -> dict[str, int]:
    """Name the scopes that are paused now and until when."""
    query = sa.select(_table.c.scope, _table.c.until).where(
        _table.c.connection_id == connection_id, _table.c.until > now()
    )
    with db.reading() as tx:
        return {row.scope: row.until for row in tx.execute(query)}
