"""What checks last found, so that a change is reported once."""

from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.findings


def last(db: Database, connection_id: str, topic: str) -> Any:
    """Tell what was last found about a topic; None where nothing was."""
    with db.reading() as tx:
        return tx.scalar(sa.select(_table.c.value).where(_mine(connection_id, topic)))


def keep(db: Database, connection_id: str, topic: str, value: Any) -> bool:
    """Keep a finding, a JSON value, and tell whether it differs from the last one."""
    with db.writing() as tx:
        row = tx.execute(sa.select(_table.c.value).where(_mine(connection_id, topic))).one_or_none()
        if row is None:
            tx.execute(_table.insert().values(connection_id=connection_id, topic=topic, value=value, at=now()))
        elif row.value != value:
            tx.execute(_table.update().where(_mine(connection_id, topic)).values(value=value, at=now()))
        return row is None or bool(row.value != value)


def _mine(connection_id: str, topic: str) -> sa.ColumnElement[bool]:
    return (_table.c.connection_id == connection_id) & (_table.c.topic == topic)
