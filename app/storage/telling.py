"""Which runs are to be told of in Jira now: the state of their status comments."""

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now
from app.storage.runs import ENDED, Run

_table = tables.runs


def due(db: Database, limit: int) -> list[str]:
    """Name runs whose status comment is to be looked at now, the longest overdue first."""
    query = sa.select(_table.c.id).where(_table.c.status_due <= now()).order_by(_table.c.status_due).limit(limit)
    with db.reading() as tx:
        return list(tx.scalars(query))


def told(db: Database, run: Run, comment_id: str, text: str, *, again_in: int | None) -> None:
    """Write down what a status comment says now, and in how many milliseconds to look again; None for never.

    Where the run has gone on while that was written, it is looked at again at once.
    """
    at = now()
    again = None if again_in is None else at + again_in
    went_on = (_table.c.state != run.state) | (_table.c.turn != run.turn)
    values = {
        "status_comment": comment_id,
        "status_told": text,
        "status_at": at,
        "status_due": sa.case((went_on, at), else_=again),
    }
    with db.writing() as tx:
        tx.execute(_table.update().where(_table.c.id == run.id).values(values))


def put_off(db: Database, run_id: str, milliseconds: int | None) -> None:
    """Look at a run's status comment again later, or not at all."""
    later = None if milliseconds is None else now() + milliseconds
    with db.writing() as tx:
        tx.execute(_table.update().where(_table.c.id == run_id).values(status_due=later))


def comments(db: Database, connection_id: str, issue: str) -> frozenset[str]:
    """Name the status comments of an issue, which are no part of its conversation."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.issue == issue) & (_table.c.status_comment != "")
    with db.reading() as tx:
        return frozenset(tx.scalars(sa.select(_table.c.status_comment).where(mine)))


def count(db: Database) -> int:
    """Count the status comments that are to be looked at again some time."""
    with db.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).where(_table.c.status_due.is_not(None))) or 0


def waiting_before(db: Database, run: Run) -> int:
    """Count the runs of the same issue that have to end before a run begins."""
    mine = (_table.c.connection_id == run.connection_id) & (_table.c.issue == run.issue) & (_table.c.lane == run.lane)
    ahead = _table.c.state.not_in({*ENDED, "awaiting input"}) & _table.c.remote_until.is_(None)
    with db.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).where(mine, ahead, _table.c.turn_key < run.turn_key)) or 0
