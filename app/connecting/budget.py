"""The rate budget of a connection, shared by every process that talks to its Jira."""

import threading
from collections.abc import Collection
from time import monotonic

from app.storage import pauses
from app.storage.database import Database, now

#: Seconds for which a process goes by what it last read of the pauses others wrote down.
FRESH = 1.0


class SharedBudget:
    """Keeps pauses in the database; what one process is refused holds back all others within a second.

    Reading costs one small query per second and process; a pause is written at once. Safe to share between threads.
    """

    def __init__(self, db: Database, connection_id: str) -> None:
        self._db = db
        self._connection_id = connection_id
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._paused: dict[str, int] = {}
        self._slowed: dict[str, int] = {}

    def wait(self, scopes: Collection[str]) -> float:
        """Return the seconds until none of these scopes has to wait any more."""
        with self._lock:
            if monotonic() - self._read_at > FRESH:
                # What a thread of ours is about to write down is not in the database yet.
                held = {scope: until for scope, until in self._paused.items() if until > now()}
                self._paused = held | pauses.until(self._db, self._connection_id)
                self._read_at = monotonic()
            until = max(max(self._paused.get(scope, 0), self._slowed.get(scope, 0)) for scope in scopes)
        return max(0, until - now()) / 1000

    def pause(self, scope: str, seconds: float) -> None:
        """Let everybody wait, because Jira refused."""
        until = now() + round(seconds * 1000)
        with self._lock:
            if until <= self._paused.get(scope, 0):
                return
            self._paused[scope] = until
        pauses.pause(self._db, self._connection_id, scope, until)

    def slow(self, scope: str, seconds: float) -> None:
        """Let this process leave so much between its calls for now, because Jira is about to refuse."""
        with self._lock:
            self._slowed[scope] = now() + round(seconds * 1000)


class Budgets:
    """The budgets of all connections, one of each per process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._known: dict[str, SharedBudget] = {}

    def of(self, connection_id: str) -> SharedBudget:
        """Return the budget of a connection."""
        with self._lock:
            return self._known.setdefault(connection_id, SharedBudget(self._db, connection_id))
