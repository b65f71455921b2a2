"""Which workers live, told by their heartbeats."""

from collections.abc import Iterable

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.workers


def beat(db: Database, executor: str) -> None:
    """Say that a worker lives."""
    with db.writing() as tx:
        if not tx.execute(_table.update().where(_table.c.executor == executor).values(seen_at=now())).rowcount:
            tx.execute(_table.insert().values(executor=executor, started_at=now(), seen_at=now()))


def alive(db: Database, within: int) -> frozenset[str]:
    """Name the workers heard of in the last milliseconds."""
    with db.reading() as tx:
        return frozenset(tx.scalars(sa.select(_table.c.executor).where(_table.c.seen_at >= now() - within)))


def bury(db: Database, executors: Iterable[str]) -> None:
    """Forget workers that are gone."""
    with db.writing() as tx:
        tx.execute(_table.delete().where(_table.c.executor.in_(list(executors))))
