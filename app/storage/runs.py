"""Runs: one route reacting to one delivery, from pending to its end."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from app.events.event import User
from app.storage import tables
from app.storage.database import Database, now

_table = tables.runs
#: States a run never leaves.
ENDED = frozenset({"complete", "failed", "stopped"})


@dataclass(frozen=True)
class NewRun:
    """A run as the dispatcher asks for it."""

    id: str
    delivery: int
    connection_id: str
    #: Id of the issue (or of nothing): runs of one issue never overlap.
    issue: str
    #: The issue's key when the event was told, for people to read.
    issue_key: str
    project: str
    route: str
    fact: str | None
    #: How many runs in a row were caused by what followed a run's own writes.
    hop: int
    #: Which queue it waits in: "runs", or "replies" for what must never wait behind a droid's work.
    lane: str = "runs"
    #: Whether whoever caused it is owed a word in Jira while it waits.
    acknowledge: bool = False
    #: What it hangs on besides the event, such as "assignee" or "label:droid": it ends when that is taken away.
    trigger: str = ""
    #: Who caused it, as id, name and username.
    asker: dict[str, str] | None = None

    @property
    def person(self) -> User | None:
        """Who caused it; None where Jira does not say."""
        told = self.asker
        return User(told["id"], told["name"], told["username"]) if told else None


@dataclass(frozen=True)
class Run(NewRun):
    """A run as stored."""

    state: str = "pending"
    attempts: int = 0
    created_at: int = 0
    enqueued_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    reason: str = ""
    traceback: str = ""
    #: How many turns came before the present one, and the engine's key of the present one.
    turn: int = 0
    turn_key: str = ""
    #: The droid at work, what it was seen doing, when it was last heard of, and its own memory of the issue.
    droid: str = ""
    step: str = ""
    seen_at: int | None = None
    session: str | None = None
    #: What the droid wants to know, the comment that asks, and what the next turn begins with.
    question: str = ""
    question_comment: str = ""
    reply: dict[str, Any] | None = None
    #: Until when somebody elsewhere works on it; None where the work is here.
    remote_until: int | None = None
    usage: dict[str, dict[str, float]] = field(default_factory=dict)
    #: The status comment: its id, what it says, when it was written, and when it is to be looked at again.
    status_comment: str = ""
    status_told: str = ""
    status_at: int | None = None
    status_due: int | None = None


def run_id(delivery: int, position: int, route: str) -> str:
    """Name a run so that names sort by arrival, which is the order the engine keeps within an issue."""
    return f"{delivery:012d}-{position:02d}-{route}"


def insert(tx: sa.Connection, runs: Iterable[NewRun], *, acknowledge_within: int = 0) -> None:
    """Insert runs in the transaction that decides their delivery.

    Those that owe an acknowledgement get their status comment in so many milliseconds, unless they have ended by then.
    """
    at = now()
    rows = [
        asdict(run)
        | {
            "state": "pending",
            "created_at": at,
            "turn_key": run.id,
            "status_due": at + acknowledge_within if run.acknowledge else None,
        }
        for run in runs
    ]
    if rows:
        tx.execute(_table.insert(), rows)


def unqueued(db: Database) -> list[Run]:
    """List runs the engine has not been told of, in order of arrival."""
    return _read(db, sa.select(_table).where(_table.c.enqueued_at.is_(None)).order_by(_table.c.id))


def queued(db: Database, runs: Iterable[Run]) -> None:
    """Remember that the engine holds the present turns of these runs."""
    with db.writing() as tx:
        for run in runs:
            same_turn = (_table.c.id == run.id) & (_table.c.turn == run.turn)
            tx.execute(_table.update().where(same_turn).values(enqueued_at=now()))


def get(db: Database, run_id: str) -> Run | None:
    """Find a run by its id."""
    return next(iter(_read(db, sa.select(_table).where(_table.c.id == run_id))), None)


def of_delivery(db: Database, delivery: int) -> list[Run]:
    """List the runs a delivery caused, in the order of their routes."""
    return _read(db, sa.select(_table).where(_table.c.delivery == delivery).order_by(_table.c.id))


def latest(db: Database, limit: int, state: str | None = None) -> list[Run]:
    """List the newest runs, newest first, all or those in one state."""
    query = sa.select(_table).order_by(_table.c.id.desc()).limit(limit)
    return _read(db, query.where(_table.c.state == state) if state else query)


def begin(db: Database, run_id: str, turn_key: str) -> bool:
    """Count one more attempt at a turn of a run that has not ended; tell whether that turn is the present one."""
    present = (_table.c.id == run_id) & (_table.c.turn_key == turn_key) & _table.c.state.not_in(ENDED)
    values = {
        # A turn that was over and only not yet written down as such by the engine goes on waiting.
        "state": sa.case((_table.c.state == "awaiting input", _table.c.state), else_="active"),
        "attempts": _table.c.attempts + 1,
        "started_at": sa.func.coalesce(_table.c.started_at, now()),
        "seen_at": now(),
    }
    with db.writing() as tx:
        return bool(tx.execute(_table.update().where(present).values(values)).rowcount)


def end(db: Database, run_id: str, state: str, *, reason: str = "", traceback: str = "") -> None:
    """Write down how a run ended; an end once written stays."""
    with db.writing() as tx:
        _end(tx, _table.c.id == run_id, state, reason=reason, traceback=traceback)


def stop(tx: sa.Connection, ids: Collection[str], reason: str, *, silently: bool = False) -> list[str]:
    """Stop those of the runs that have not ended, and name them; `silently` lets no status comment tell it."""
    return _end(tx, _table.c.id.in_(list(ids)), "stopped", silently=silently, reason=reason)


def stop_project(db: Database, connection_id: str, project: str, reason: str) -> list[str]:
    """Stop every run of a project that has not ended, and name them; nothing is told of it in Jira."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.project == project)
    with db.writing() as tx:
        return _end(tx, mine, "stopped", silently=True, reason=reason)


def add(db: Database, run: NewRun) -> None:
    """Insert a run of which the dispatcher is to be told by nobody but this; one that is there already stays."""
    with db.writing() as tx:
        if tx.scalar(sa.select(_table.c.id).where(_table.c.id == run.id)) is None:
            insert(tx, [run])


def record(tx: sa.Connection, run: NewRun) -> None:
    """Write down a run that was complete as soon as it was decided."""
    at = now()
    told = {"state": "complete", "turn_key": run.id, "created_at": at, "enqueued_at": at, "started_at": at}
    tx.execute(_table.insert().values(asdict(run) | told | {"ended_at": at}))


def _end(
    tx: sa.Connection, which: sa.ColumnElement[bool], state: str, *, silently: bool = False, **told: str
) -> list[str]:
    at = now()
    # A status comment tells the end, where there is one or the time for one had come.
    due = sa.case((_table.c.status_comment != "", at), (_table.c.status_due <= at, at), else_=None)
    values = {"state": state, "ended_at": at, "status_due": None if silently else due, **told}
    ended = _table.update().where(which, _table.c.state.not_in(ENDED)).values(values)
    return list(tx.scalars(ended.returning(_table.c.id)))


def live(db: Database, connection_id: str, issue: str) -> list[Run]:
    """List the runs of an issue that have not ended, oldest first; commands people wrote are not among them."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.issue == issue) & _table.c.state.not_in(ENDED)
    return _read(db, sa.select(_table).where(mine, _table.c.lane == "runs").order_by(_table.c.id))


def last_ended(db: Database, connection_id: str, issue: str) -> Run | None:
    """Find the newest run of an issue that has ended; commands people wrote are not looked at."""
    mine = (_table.c.connection_id == connection_id) & (_table.c.issue == issue) & _table.c.state.in_(ENDED)
    query = sa.select(_table).where(mine, _table.c.lane == "runs").order_by(_table.c.id.desc()).limit(1)
    return next(iter(_read(db, query)), None)


def told(db: Database, connection_id: str, fact: str, *routes: str) -> int | None:
    """Name the delivery whose run on one of these routes already reacted to a fact, if there is one."""
    same = (_table.c.connection_id == connection_id, _table.c.route.in_(routes), _table.c.fact == fact)
    with db.reading() as tx:
        return tx.scalar(sa.select(_table.c.delivery).where(*same).limit(1))


def count_since(db: Database, connection_id: str, issue: str, since: int) -> int:
    """Count the runs an issue caused since a time."""
    mine = (_table.c.connection_id == connection_id, _table.c.issue == issue, _table.c.created_at >= since)
    with db.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).where(*mine)) or 0


def last_hop(db: Database, connection_id: str, issue: str) -> int:
    """Tell the hop of the issue's newest run; 0 where there is none."""
    mine = (_table.c.connection_id == connection_id, _table.c.issue == issue)
    with db.reading() as tx:
        return tx.scalar(sa.select(_table.c.hop).where(*mine).order_by(_table.c.id.desc()).limit(1)) or 0


def _read(db: Database, query: sa.Select[tuple[object, ...]]) -> list[Run]:
    with db.reading() as tx:
        return [Run(**row._mapping) for row in tx.execute(query)]
