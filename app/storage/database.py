"""One door to SQLite or PostgreSQL: reading, writing, and what durability asks of each."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.errors import ReactorError
from app.storage.committing import Rows
from app.storage.locking import FileLock, make_folder, taken_in_turn
from app.storage.straight import Straight, StraightToServer, StraightToSQLite

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


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
        self._straight: Straight = StraightToServer(self.engine)
        if self.sqlite:
            self._straight = StraightToSQLite(lambda: _open_sqlite(self.engine.url), self._lock_file)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection for reading; what it changes is rolled back."""
        with _explained(self.engine), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that is durable once the block ends.

        Raises StorageError where the database cannot be reached or written.
        """
        with _explained(self.engine), self.engine.connect() as connection, self._one_writer(), connection.begin():
            yield connection

    def look(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Read with one statement, straight through the driver: for the accept path, where composing costs too much.

        Values stand in the statement as `:name`.
        """
        return self._explaining(self._straight.look, sql, values)

    def put(self, sql: str, values: Mapping[str, Any]) -> Rows:
        """Write with one statement, as `look` reads; durable once it returns."""
        return self._explaining(self._straight.put, sql, values)

    def _explaining(self, run: Callable[[str, Mapping[str, Any]], Rows], sql: str, values: Mapping[str, Any]) -> Rows:
        # As `_explained` does, without what a context costs each time.
        try:
            return run(sql, values)
        except Exception as error:
            if explanation := _explanation(error, self.engine):
                raise explanation from None
            raise

    def _one_writer(self) -> AbstractContextManager[None]:
        # SQLite's own busy handler sleeps between tries, which makes a long tail; the kernel wakes the next at once.
        return FileLock(self._lock_file) if self.sqlite else nullcontext()

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Let one holder of a name at a time into the block, across all processes and machines; others wait."""
        with ExitStack() as held:
            # Only taking the lock is the database's business; what happens in the block is not.
            with _explained(self.engine):
                if self.sqlite:
                    held.enter_context(taken_in_turn(f"{self.engine.url.database}.{name}.lock"))
                else:
                    # One transaction, so that the server releases the lock however the holder ends.
                    connection = held.enter_context(self.engine.begin())
                    connection.execute(_LOCK, {"name": name})
            yield

    def close(self) -> None:
        """Close every connection that waits for its next use."""
        self._straight.close()
        self.engine.dispose()


#: How PostgreSQL calls a table that is not there: https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNDEFINED_TABLE = "42P01"


def _sqlite_engine(url: str) -> sa.Engine:
    opened = sa.make_url(url)
    engine = sa.create_engine(opened, creator=lambda: _open_sqlite(opened), pool_reset_on_return=None)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _open_sqlite(url: sa.URL) -> sqlite3.Connection:
    file = url.database or ""
    make_folder(file)
    # The driver must not begin transactions of its own: the listener above does, where one is wanted.
    connection = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        # A kept delivery must survive a power cut: https://www.sqlite.org/pragma.html#pragma_synchronous
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def _explained(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if explanation := _explanation(error, engine):
            raise explanation from None
        raise


def _explanation(error: Exception, engine: sa.Engine) -> StorageError | None:
    """Say in our words what the database could not do; None where the error is not the database's."""
    # Errors come through SQLAlchemy or past it. Only its driver is asked for, so that SQLite never loads PostgreSQL's.
    driver: Any = engine.dialect.loaded_dbapi
    if not isinstance(error, sa.exc.SQLAlchemyError | OSError | driver.Error):
        return None
    cause = getattr(error, "orig", None) or error
    # Only the driver's own words: SQLAlchemy's would repeat the statement and its values.
    words = str(cause).strip().partition("\n")[0] or type(error).__name__
    if "no such table" in words or getattr(cause, "sqlstate", None) == _UNDEFINED_TABLE:
        return StorageError("The database has no tables yet.", "Run `jira-reactor upgrade`.")
    if isinstance(error, sa.exc.OperationalError | sa.exc.TimeoutError | OSError | driver.OperationalError):
        return Unavailable(
            f"The database cannot serve ({words}).",
            f"Check JIRA_REACTOR_DATABASE_URL ({engine.url.render_as_string()}), the disk and the server.",
        )
    # Their subclasses are mistakes of ours; the plain ones say that the file is damaged, or no database at all.
    if type(error) in (sa.exc.DatabaseError, driver.DatabaseError):
        return StorageError(
            f"The database is damaged ({words}).", f"Put a backup in the place of {engine.url.render_as_string()}."
        )
    return None
