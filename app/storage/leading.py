"""Choosing the one worker that dispatches."""

import contextlib

import sqlalchemy as sa

from app.storage.database import Database
from app.storage.locking import FileLock

#: Any number that no other program uses on the same PostgreSQL database.
_LOCK = 0x6A72_0002


class Leadership:
    """A lock that one worker of all holds and that its death releases at once.

    On PostgreSQL an advisory lock of a session, on SQLite a lock on a file beside the database:
    https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._session: sa.Connection | None = None
        self._file = FileLock(f"{db.engine.url.database}.leader")

    def held(self) -> bool:
        """Take the lock if nobody has it, and tell whether we hold it now."""
        return self._file.try_once() if self._db.sqlite else self._hold_session()

    def release(self) -> None:
        """Give the lock up."""
        if self._session is not None:
            self._unlock(self._session)
            self._session.invalidate()
            self._session.close()
            self._session = None
        self._file.release()

    def _unlock(self, session: sa.Connection) -> None:
        # The server notices the end of a session only a little later.
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            session.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})

    def _hold_session(self) -> bool:
        try:
            if self._session is not None:
                # A session that broke has lost its lock with it.
                self._session.execute(sa.text("SELECT 1"))
                return True
            session = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if session.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
                self._session = session
                return True
            session.close()
        except sa.exc.DBAPIError:
            self.release()
        return False
