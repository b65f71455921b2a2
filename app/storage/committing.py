"""Group commit: what many want written at the same moment shares one transaction, and so one wait for the disk."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import Any

from gevent import get_hub
from gevent.monkey import is_module_patched

Rows = list[tuple[Any, ...]]


@dataclass(eq=False, slots=True)
class _Pending:
    """A statement that somebody waits for."""

    sql: str
    values: Mapping[str, Any]
    rows: Rows = field(default_factory=list)
    error: BaseException | None = None
    done: bool = False
    turn: Event = field(default_factory=Event)

    def execute(self, connection: sqlite3.Connection) -> None:
        """Run the statement; where it fails, that is its owner's alone, unless the whole transaction went with it."""
        try:
            self.rows = connection.execute(self.sql, self.values).fetchall()
        except sqlite3.Error as error:
            # https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
            if not connection.in_transaction:
                raise
            self.error = error


class Committer:
    """Writes one group of statements at a time; while it waits for the disk, the next group gathers."""

    def __init__(self, writer: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        """Take what gives the connection to write with, for as long as nobody else may write."""
        self._writer = writer
        self._lock = Lock()
        self._gathering: list[_Pending] = []
        self._writing = False

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Run a statement and return its rows once they are durable; raises what kept it from that."""
        mine = _Pending(sql, values)
        with self._lock:
            self._gathering.append(mine)
            alone, self._writing = not self._writing, True
        if not alone:
            mine.turn.wait()
        if not mine.done:
            self._write_group()
        if mine.error:
            raise mine.error
        return mine.rows

    def _write_group(self) -> None:
        """Write all that has gathered, for its owners too, and wake them and whoever writes the next group."""
        with self._lock:
            group, self._gathering = self._gathering, []
        try:
            _aside(partial(self._write, group))
        except BaseException as error:
            for each in group:
                each.error = error
        with self._lock:
            self._writing = bool(self._gathering)
            next_writer = self._gathering[:1]
        for each in group:
            each.done = True
        # Who has the turn and is not done yet writes the next group.
        for each in group + next_writer:
            each.turn.set()

    def _write(self, group: list[_Pending]) -> None:
        with self._writer() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for each in group:
                each.execute(connection)
            connection.execute("COMMIT")


def _aside(work: Callable[[], None]) -> None:
    """Do what waits for locks and the disk in a thread of its own, where requests share one as greenlets.

    https://www.gevent.org/api/gevent.threadpool.html
    """
    if not is_module_patched("threading"):
        work()
    # An error that ends the pool's work would be printed before it is raised.
    elif error := get_hub().threadpool.apply(_error_of, (work,)):
        raise error


def _error_of(work: Callable[[], None]) -> BaseException | None:
    try:
        work()
    except BaseException as error:
        return error
    return None
