"""Single statements straight through the driver: for the accept path, where every microsecond is Jira's to wait."""

import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa

from app.storage.locking import FileLock

Rows = list[tuple[Any, ...]]


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
        # By process: a connection must not cross a fork. https://www.sqlite.org/howtocorrupt.html
        self._idle: defaultdict[int, list[sqlite3.Connection]] = defaultdict(list)

    def look(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Read."""
        idle = self._idle[os.getpid()]
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            rows = connection.execute(sql, values).fetchall()
        except BaseException:
            # What failed is not to be met again by the next: its file may have been replaced.
            connection.close()
            raise
        idle.append(connection)
        return rows

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Write; durable once it returns."""
        with FileLock(self._lock_file):
            # The driver begins no transactions, so SQLite commits once the last row is fetched.
            return self.look(sql, values)

    def close(self) -> None:
        """Close what is kept open for the next statement."""
        idle = self._idle[os.getpid()]
        while idle:
            idle.pop().close()


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
