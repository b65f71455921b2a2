"""Ends of turns that droids elsewhere told: kept before they are answered."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.storage import tables
from app.storage.database import Database, now
from app.storage.runs import ENDED

_table, _runs = tables.callbacks, tables.runs


@dataclass(frozen=True)
class Callback:
    """What a droid elsewhere told of a turn: the fields of a Report, under the sender's own key."""

    key: str
    run: str
    turn: int
    report: dict[str, Any]


def keep(db: Database, key: str, run: str, turn: int, report: dict[str, Any]) -> bool:
    """Keep an end durably; False where something is kept under its key already."""
    values = {"key": key, "run": run, "turn": turn, "report": report, "received_at": now()}
    try:
        with db.writing() as tx:
            tx.execute(_table.insert().values(values))
    except IntegrityError:
        return False
    return True


def keys_of(db: Database, run: str, turn: int) -> list[str]:
    """Name the ends that are kept of a turn, taken or not."""
    query = sa.select(_table.c.key).where(_table.c.run == run, _table.c.turn == turn)
    with db.reading() as tx:
        return list(tx.scalars(query))


def untaken(db: Database, limit: int) -> list[Callback]:
    """List ends that no run has taken yet, in order of arrival.

    Left out are those told before their turn was handed over: it is about to be, and then they are listed.
    """
    columns = (_table.c.key, _table.c.run, _table.c.turn, _table.c.report)
    same_turn = (_runs.c.id == _table.c.run) & (_runs.c.turn == _table.c.turn)
    at_work = sa.exists().where(same_turn, _runs.c.state.not_in(ENDED), _runs.c.remote_until.is_(None))
    query = sa.select(*columns).where(_table.c.taken_at.is_(None), ~at_work)
    query = query.order_by(_table.c.received_at).limit(limit)
    with db.reading() as tx:
        return [Callback(*row) for row in tx.execute(query)]


def take(db: Database, key: str) -> bool:
    """Take an end, once."""
    with db.writing() as tx:
        mine = (_table.c.key == key) & _table.c.taken_at.is_(None)
        return bool(tx.execute(_table.update().where(mine).values(taken_at=now())).rowcount)
