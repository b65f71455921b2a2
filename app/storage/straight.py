"""Single statements straight through the driver: for the accept path, where every microsecond is Jira's to wait."""

import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa

from app.storage.committing import Committer, Rows
from app.storage.locking import FileLock


class Straight(Protocol):
    """Runs one statement whose values stand in it as `:name`."""

    def look(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Read."""

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Write; durable once it returns."""

    def close(self) -> None:
        """Close what is kept open for the next statement."""


class StraightToSQLite:
    """SQLite without SQLAlchemy's pool and cursors, which cost more than a statement that only reads."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], lock_file: str) -> None:
        self._connect = connect
        self._lock_file = lock_file
        # By process: neither a connection nor a lock must cross a fork. https://www.sqlite.org/howtocorrupt.html
        self._idle: defaultdict[int, list[sqlite3.Connection]] = defaultdict(list)
        self._committers: defaultdict[int, Committer] = defaultdict(lambda: Committer(self._writer))

    def look(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Read."""
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Write; durable once it returns."""
        return self._committers[os.getpid()].put(sql, values)

    def close(self) -> None:
        """Close what is kept open for the next statement."""
        idle = self._idle[os.getpid()]
        while idle:
            idle.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        idle = self._idle[os.getpid()]
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except BaseException:
            # What failed is not to be met again by the next: its file may have been replaced.
            connection.close()
            raise
        idle.append(connection)

    @contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        with FileLock(self._lock_file), self._connection() as connection:
            yield connection


class StraightToServer:
    """PostgreSQL through the pool, which knows when a server has gone away."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def look(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Read."""
        with closing(self._engine.raw_connection()) as connection:
            return self._execute(connection, sql, values)

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Write; durable once it returns."""
        with closing(self._engine.raw_connection()) as connection:
            rows = self._execute(connection, sql, values)
            connection.commit()
            return rows

    def close(self) -> None:
        """Leave the pool's connections to the pool."""

    def _execute(self, connection: sa.PoolProxiedConnection, sql: str, values: Mapping[str, Any]) -> Rows:
        with closing(connection.cursor()) as cursor:
            cursor.execute(_pyformat(sql), values)
            return list(cursor.fetchall())


@lru_cache
def _pyformat(sql: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", sql)
