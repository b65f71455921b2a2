"""What remote droids said at the end of a turn, kept before they are answered."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.storage import tables
from app.storage.database import Database, now

_table = tables.callbacks


@dataclass(frozen=True)
class Callback:
    """One message that ended a turn; `report` holds the fields of a droid's Report."""

    key: str
    run: str
    turn: int
    received_at: int
    report: dict[str, Any]
    taken_at: int | None


def keep(db: Database, key: str, run: str, turn: int, report: dict[str, Any]) -> bool:
    """Store a message durably under its key; False where the key is kept already, for whichever turn."""
    values = {"key": key, "run": run, "turn": turn, "received_at": now(), "report": report}
    try:
        with db.writing() as tx:
            tx.execute(_table.insert().values(values))
    except IntegrityError:
        return False
    return True


def keys_of(db: Database, run: str, turn: int) -> list[str]:
    """Name the messages kept for a turn, taken or not."""
    query = sa.select(_table.c.key).where(_table.c.run == run, _table.c.turn == turn)
    with db.reading() as tx:
        return list(tx.scalars(query))


def untaken(db: Database, limit: int) -> list[Callback]:
    """List what nobody has taken yet, oldest first."""
    waiting = _table.c.taken_at.is_(None)
    query = sa.select(_table).where(waiting).order_by(_table.c.received_at, _table.c.key).limit(limit)
    with db.reading() as tx:
        return [Callback(**row._mapping) for row in tx.execute(query)]


def take(db: Database, key: str) -> bool:
    """Mark a message as taken; tell whether it was ours to take."""
    mine = (_table.c.key == key) & _table.c.taken_at.is_(None)
    with db.writing() as tx:
        return bool(tx.execute(_table.update().where(mine).values(taken_at=now())).rowcount)
