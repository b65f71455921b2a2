"""One door to SQLite or PostgreSQL: reading, writing, and what durability asks of each."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.errors import ReactorError


class StorageError(ReactorError):
    """The database or the vault cannot serve."""


class Unavailable(StorageError):
    """The database does not answer now; trying again later can help."""

    transient = True


def now() -> int:
    """Tell the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Database:
    """A pool of connections to the database a URL names; made lazily, so it may be built before a fork."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.sqlite else sa.create_engine(url, pool_pre_ping=True, pool_size=10)
        self._lock_file = f"{self.engine.url.database}.lock" if self.sqlite else ""

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection for reading; what it changes is rolled back."""
        with _explained(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that is durable once the block ends.

        Raises StorageError where the database cannot be reached or written.
        """
        with _explained(self.url), self._one_writer(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        # SQLite's own busy handler sleeps between tries and makes a long tail; a lock that blocks in the kernel does
        # not. The file is opened anew each time because a lock belongs to the open file, which threads and forks share.
        if not self.sqlite:
            yield
            return
        _make_folder(self._lock_file)
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: Any) -> None:
        _make_folder(engine.url.database or "")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # The driver must not begin transactions of its own: the listener below does.
        connection.isolation_level = None
        # A kept delivery must survive a power cut: https://www.sqlite.org/pragma.html#pragma_synchronous
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _make_folder(file: str) -> None:
    Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.TimeoutError, OSError) as error:
        # Only the driver's own words: SQLAlchemy's would repeat the statement and its values.
        words = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
        if "no such table" in words:
            raise StorageError("The database has no tables yet.", "Run `jira-reactor upgrade`.") from None
        raise Unavailable(
            f"The database cannot serve ({words}).",
            f"Check JIRA_REACTOR_DATABASE_URL ({sa.make_url(url).render_as_string()}), the disk and the server.",
        ) from None
    except sa.exc.ProgrammingError as error:
        if "UndefinedTable" not in type(error.orig).__name__:
            raise
        raise StorageError("The database has no tables yet.", "Run `jira-reactor upgrade`.") from None
