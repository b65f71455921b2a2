"""Writes to Jira: what a run set out to write, and what came of it."""

import json
from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.actions


def begin(db: Database, *, marker: str, run: str, connection_id: str, issue: str, kind: str) -> int:
    """Write down that an action is about to be tried and return how often it was tried before.

    More than 0 means an earlier try may have reached Jira, so its marker must be looked for before writing again.
    """
    with db.writing() as tx:
        mine = _table.c.marker == marker
        tries: int | None = tx.scalar(sa.select(_table.c.tries).where(mine))
        if tries is None:
            values = {"run": run, "connection_id": connection_id, "issue": issue, "kind": kind}
            tx.execute(_table.insert().values(marker=marker, tries=1, began_at=now(), **values))
            return 0
        tx.execute(_table.update().where(mine).values(tries=tries + 1))
        return tries


def end(db: Database, marker: str, result: Any) -> None:
    """Write down what an action came to, a JSON value such as the comment's id."""
    with db.writing() as tx:
        values = {"result": json.dumps(result), "ended_at": now()}
        tx.execute(_table.update().where(_table.c.marker == marker).values(values))


def wrote_comment(db: Database, connection_id: str, comment_id: str) -> bool:
    """Tell whether a comment is one that a run wrote, as an answer or to tell how it stands."""
    mine = (_table.c.connection_id == connection_id, _table.c.kind.in_(["comment", "status"]))
    with db.reading() as tx:
        return bool(tx.scalar(sa.select(_table.c.marker).where(*mine, _table.c.result == json.dumps(comment_id))))


def last_write(db: Database, connection_id: str, issue: str) -> int | None:
    """Tell when a run last wrote to an issue."""
    mine = (_table.c.connection_id == connection_id, _table.c.issue == issue)
    with db.reading() as tx:
        latest: int | None = tx.scalar(sa.select(sa.func.max(_table.c.ended_at)).where(*mine))
    return latest


def of_run(db: Database, run: str) -> list[dict[str, Any]]:
    """List what a run set out to write, in order: kind, tries, result, begin and end."""
    columns = (_table.c.kind, _table.c.tries, _table.c.result, _table.c.began_at, _table.c.ended_at)
    with db.reading() as tx:
        rows = tx.execute(sa.select(*columns).where(_table.c.run == run).order_by(_table.c.began_at))
        return [dict(row._mapping) for row in rows]
