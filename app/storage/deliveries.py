"""The inbox: every delivery as it came, kept before Jira is answered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

#: What a decision brings about, written in its transaction.
Effect = Callable[[sa.Connection], object]

_table = tables.deliveries
#: Rows held in memory at a time where many are looked through.
_PAGE = 200
# The one statement Jira waits for.
_KEEP = (
    "INSERT INTO deliveries (connection_id, key, received_at, headers, body, event, replay_of) "
    "VALUES (:connection_id, :key, :received_at, :headers, :body, :event, :replay_of) "
    "ON CONFLICT (connection_id, key) DO NOTHING RETURNING seq"
)


@dataclass(frozen=True)
class Delivery:
    """One POST from Jira; `decision` is None until the dispatcher decided."""

    seq: int
    connection_id: str
    key: str
    received_at: int
    headers: str
    body: bytes
    event: str
    #: The delivery an admin sent through again, 0 for a file, None for what Jira sent.
    replay_of: int | None
    decision: str | None
    reason: str | None
    decided_at: int | None


def keep(
    db: Database, *, connection_id: str, key: str, headers: str, body: bytes, event: str, replay_of: int | None = None
) -> int | None:
    """Store a delivery durably and return its number, or None where its key is kept already."""
    values = {"connection_id": connection_id, "key": key, "headers": headers, "body": body, "event": event}
    rows = db.put(_KEEP, values | {"received_at": now(), "replay_of": replay_of})
    return rows[0][0] if rows else None


def keep_decided(
    db: Database, *, connection_id: str, key: str, body: bytes, event: str, reason: str, effect: Callable[[int], Effect]
) -> int:
    """Store a delivery that an admin made, handled already, with what its number brings about; return that number."""
    values = {"connection_id": connection_id, "key": key, "headers": "{}", "body": body, "event": event, "replay_of": 0}
    decided = {"decision": "handled", "reason": reason, "received_at": now(), "decided_at": now()}
    with db.writing() as tx:
        seq: int = tx.execute(_table.insert().values(values | decided).returning(_table.c.seq)).scalar_one()
        effect(seq)(tx)
    return seq


def undecided(db: Database, limit: int) -> list[Delivery]:
    """List what waits for a decision, in order of arrival."""
    query = sa.select(_table).where(_table.c.decision.is_(None)).order_by(_table.c.seq).limit(limit)
    return _read(db, query)


def get(db: Database, seq: int) -> Delivery | None:
    """Find a delivery by its number."""
    return next(iter(_read(db, sa.select(_table).where(_table.c.seq == seq))), None)


def latest(db: Database, limit: int, decision: str | None = None) -> list[Delivery]:
    """List the newest deliveries, newest first, all or those with one decision."""
    query = sa.select(_table).order_by(_table.c.seq.desc()).limit(limit)
    return _read(db, query.where(_table.c.decision == decision) if decision else query)


def back_to(db: Database, connection_id: str, moment: int) -> Iterator[Delivery]:
    """Yield a connection's deliveries from the newest back to those received at a moment, in milliseconds."""
    query = sa.select(_table).order_by(_table.c.seq.desc()).limit(_PAGE)
    page = _read(db, query)
    while page:
        for delivery in page:
            if delivery.received_at < moment:
                return
            if delivery.connection_id == connection_id:
                yield delivery
        page = _read(db, query.where(_table.c.seq < page[-1].seq))


def count_undecided(db: Database) -> int:
    """Count what waits for a decision."""
    with db.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).where(_table.c.decision.is_(None))) or 0


def waiting_since(db: Database) -> int | None:
    """Tell when the delivery that waits longest for a decision arrived."""
    query = sa.select(_table.c.received_at).where(_table.c.decision.is_(None)).order_by(_table.c.seq).limit(1)
    with db.reading() as tx:
        since: int | None = tx.scalar(query)
    return since


def newest(db: Database) -> int:
    """Name the newest delivery; 0 where there is none."""
    with db.reading() as tx:
        return tx.scalar(sa.select(sa.func.max(_table.c.seq))) or 0


def pushed_after(db: Database, connection_id: str, seq: int) -> list[Delivery]:
    """List what a connection's Jira pushed after a delivery, in order of arrival; replays are not among it."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.seq > seq) & _table.c.replay_of.is_(None)
    return _read(db, sa.select(_table).where(mine).order_by(_table.c.seq))


def last_received(db: Database, connection_id: str) -> int | None:
    """Tell when a connection's Jira last pushed something."""
    query = sa.select(sa.func.max(_table.c.received_at)).where(_table.c.connection_id == connection_id)
    with db.reading() as tx:
        last: int | None = tx.scalar(query)
    return last


def decide(db: Database, seq: int, decision: str, reason: str, effects: Iterable[Effect] = ()) -> bool:
    """Write a decision and all it brings about in one transaction; tell whether it was ours to take."""
    undecided_yet = (_table.c.seq == seq) & _table.c.decision.is_(None)
    with db.writing() as tx:
        values = {"decision": decision, "reason": reason, "decided_at": now()}
        if not tx.execute(_table.update().where(undecided_yet).values(values)).rowcount:
            return False
        for effect in effects:
            effect(tx)
    return True


def _read(db: Database, query: sa.Select[Any]) -> list[Delivery]:
    with db.reading() as tx:
        return [Delivery(**row._mapping) for row in tx.execute(query)]
