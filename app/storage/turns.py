"""The turns of a run: where one ended to wait for somebody, and what the next begins with."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now
from app.storage.runs import ENDED, Run, get

_table = tables.runs


def key(run: Run) -> str:
    """Name the present turn of a run, for whoever works on it elsewhere: "<run id>/<turn>"."""
    return f"{run.id}/{run.turn}"


def engine_key(run: Run, after: int) -> str:
    """Name the next turn of a run so that it sorts behind the runs of the delivery that caused it."""
    return f"{after:012d}-99-{run.id}/{run.turn + 1}"


def offers(run: Run) -> int:
    """Tell how often the present turn's task was offered to somebody elsewhere who did not take it."""
    return int((run.reply or {}).get("offers", 0))


def ask(db: Database, run: Run, call: int, question: str, session: str | None) -> bool:
    """End a turn because its droid wants to know something; tell whether that turn was still the present one.

    `call` counts which call of the droid it was, so that the next turn gives the reply to the same.
    """
    # Where a status comment tells how it stands, it tells this too; where there is none, the question is enough.
    due = sa.case((_table.c.status_comment != "", now()), else_=None)
    values = {"state": "awaiting input", "question": question, "question_comment": "", "status_due": due}
    return _pause(db, run, call, session, values)


def asked(db: Database, run: Run, comment_id: str) -> None:
    """Remember the comment that asks."""
    with db.writing() as tx:
        tx.execute(_table.update().where(_present(run)).values(question_comment=comment_id))


def hand_over(db: Database, run: Run, call: int, session: str | None, until: int) -> bool:
    """End a turn because somebody elsewhere works on it, until a moment in milliseconds."""
    return _pause(db, run, call, session, {"state": "active", "remote_until": until, "seen_at": now()})


def put_off(db: Database, run: Run, call: int, until: int) -> bool:
    """Wait with a turn whose task nobody took elsewhere, until a moment in milliseconds when it is offered again."""
    reply = {**(run.reply or {}), "call": call, "offers": offers(run) + 1}
    return _update(db, run, {"state": "active", "remote_until": until, "reply": reply})


def offer_again(tx: sa.Connection, run: Run, *, after: int) -> bool:
    """Begin a turn once more that was put off: it is still the same one, for whoever takes it now."""
    known = run.reply or {}
    values = {
        "state": "pending",
        "turn_key": f"{after:012d}-99-{run.id}/{run.turn}.{offers(run)}",
        "attempts": 0,
        "enqueued_at": None,
        "remote_until": None,
        "reply": {**known, "after": run.turn_key},
    }
    waits = _present(run) & _table.c.remote_until.is_not(None)
    return bool(tx.execute(_table.update().where(waits).values(values)).rowcount)


def _pause(db: Database, run: Run, call: int, session: str | None, values: dict[str, Any]) -> bool:
    return _update(db, run, {**values, "session": session, "reply": {"call": call}})


def _update(db: Database, run: Run, values: dict[str, Any]) -> bool:
    with db.writing() as tx:
        return bool(tx.execute(_table.update().where(_present(run)).values(values)).rowcount)


def _present(run: Run) -> sa.ColumnElement[bool]:
    return (_table.c.id == run.id) & (_table.c.turn == run.turn) & _table.c.state.not_in(ENDED)


def resume(tx: sa.Connection, run: Run, reply: Mapping[str, Any], *, after: int) -> bool:
    """Begin the next turn of a run that waits, with a reply; tell whether it still waited.

    `after` is the delivery that the turn comes behind in the order of its issue. The reply is one of {"answer": text,
    "by": name} and {"report": the fields of a Report}.
    """
    waits = (_table.c.state == "awaiting input") | _table.c.remote_until.is_not(None)
    at = now()
    values = {
        "state": "pending",
        "turn": run.turn + 1,
        "turn_key": engine_key(run, after),
        "attempts": 0,
        "enqueued_at": None,
        "remote_until": None,
        "seen_at": at,
        "reply": {**(run.reply or {}), **reply, "after": run.turn_key},
        # Whoever answered sees soon that it was heard.
        "status_due": sa.case((_table.c.status_comment != "", at), else_=_table.c.status_due),
    }
    return bool(tx.execute(_table.update().where(_present(run), waits).values(values)).rowcount)


def heard(db: Database, run_id: str, step: str, session: str | None) -> None:
    """Write down a sign of life of a droid: what it is doing, or nothing new, and its session once that is known."""
    values: dict[str, Any] = {"seen_at": now(), "state": "active"}
    if step:
        values["step"] = step
    if session:
        values["session"] = session
    with db.writing() as tx:
        tx.execute(_table.update().where(_table.c.id == run_id, _table.c.state.in_(["active", "stale"])).values(values))


def works(db: Database, run_id: str, droid: str, within: int) -> None:
    """Write down that a droid begins to work; a status comment follows in so many milliseconds unless it is done."""
    at = now()
    due = sa.func.coalesce(_table.c.status_due, sa.case((_table.c.status_comment != "", at), else_=at + within))
    with db.writing() as tx:
        tx.execute(
            _table.update()
            .where(_table.c.id == run_id, _table.c.state.not_in(ENDED))
            .values(droid=droid, seen_at=at, status_due=due)
        )


def note_usage(db: Database, run_id: str, call: str, usage: Mapping[str, float]) -> None:
    """Write down what one call of a droid used, under a name of the call, so that telling it twice counts once."""
    run = get(db, run_id)
    if run and usage:
        with db.writing() as tx:
            tx.execute(_table.update().where(_table.c.id == run_id).values(usage=run.usage | {call: dict(usage)}))


def overdue(db: Database) -> list[Run]:
    """List the runs whose droids elsewhere have not told an end in time."""
    return _read(db, (_table.c.remote_until < now()) & _table.c.state.not_in(ENDED))


def abandoned(db: Database) -> list[Run]:
    """List the runs that have ended while somebody elsewhere works on them."""
    return _read(db, _table.c.remote_until.is_not(None) & _table.c.state.in_(ENDED))


def let_go(db: Database, run: Run) -> None:
    """Forget that somebody elsewhere works on a run."""
    with db.writing() as tx:
        tx.execute(_table.update().where(_table.c.id == run.id).values(remote_until=None))


def silent(db: Database, since: int) -> list[str]:
    """Turn active runs that showed no sign of life since a moment stale, and name them."""
    quiet = (_table.c.state == "active") & (_table.c.droid != "") & (_table.c.seen_at < since)
    values = {"state": "stale", "status_due": now()}
    with db.reading() as tx:
        if tx.scalar(sa.select(_table.c.id).where(quiet).limit(1)) is None:
            return []
    with db.writing() as tx:
        return list(tx.scalars(_table.update().where(quiet).values(values).returning(_table.c.id)))


def _read(db: Database, which: sa.ColumnElement[bool]) -> list[Run]:
    with db.reading() as tx:
        return [Run(**row._mapping) for row in tx.execute(sa.select(_table).where(which).order_by(_table.c.id))]
