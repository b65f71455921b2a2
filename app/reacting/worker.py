"""The process that decides and reacts: heartbeat, leadership, dispatch."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from app.engine import Engine, Schedule
from app.errors import ReactorError
from app.reacting.minding import Minder
from app.storage import workers
from app.storage.database import Database
from app.storage.leading import Leadership

log = structlog.get_logger()

#: Between two looks into an empty inbox; half of it is the average wait of a delivery.
_IDLE_SECONDS = 0.05
_BEAT_SECONDS = 2.0
#: A worker not heard of for this long is dead, and one that could not be heard for this long ends itself.
_DEAD_SECONDS = 10.0


class Silenced(ReactorError):
    """A worker could not say that it lives, so that others may have taken over its runs."""


class Turns(Protocol):
    """What a leader does in turns: deciding."""

    def turn(self) -> bool:
        """Do what there is to do and tell whether there was anything."""


def executor_name() -> str:
    """Name this process as no other, for people and for the engine."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Worker:
    """Runs until told to stop; many may run on PostgreSQL, one works and the others wait on SQLite."""

    def __init__(
        self,
        db: Database,
        engine: Engine,
        dispatcher: Turns,
        react: Callable[[str, str], None],
        *,
        minder: Minder | None = None,
        schedules: Mapping[str, Schedule] | None = None,
        at_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._db = db
        self._engine = engine
        self._dispatcher = dispatcher
        self._minder = minder
        self._react = react
        self._schedules = schedules or {}
        self._at_start = at_start
        self._leadership = Leadership(db)
        self._beaten = time.monotonic()
        self._stopping = threading.Event()
        self._launched = False

    def run(self, grace: int = 5) -> None:
        """Work until `stop` is called; runs that do not end within `grace` seconds go on elsewhere or later."""
        try:
            # The engine's SQLite file bears one worker; a second one waits here for the first one's end.
            while self._db.sqlite and not self._leadership.held():
                if self._stopping.wait(1.0):
                    return
            self._launch()
            self._lead()
        finally:
            self._end(grace)

    def stop(self) -> None:
        """Make `run` return; safe to call from a signal handler."""
        self._stopping.set()

    def _launch(self) -> None:
        workers.beat(self._db, self._engine.executor)
        threading.Thread(target=self._beat, daemon=True, name="heartbeat").start()
        self._launched = True
        self._engine.launch(self._react, self._schedules)
        # Beside the work, because it may wait for a Jira that does not answer.
        threading.Thread(target=self._at_start, daemon=True, name="at start").start()
        log.info("worker works", executor=self._engine.executor)

    def _lead(self) -> None:
        looked = 0.0
        while not self._stopping.is_set():
            self._check_pulse()
            try:
                busy = False
                if self._leadership.held():
                    if time.monotonic() - looked > _BEAT_SECONDS:
                        looked = time.monotonic()
                        self._take_over()
                    busy = self._dispatcher.turn()
                    if self._minder is not None:
                        busy |= self._minder.turn()
                self._stopping.wait(0.0 if busy else _IDLE_SECONDS)
            except Exception as error:
                # Everything is kept, so the next turn finds it again.
                log.error("turn failed", exc_info=error)
                self._stopping.wait(1.0)

    def _take_over(self) -> None:
        others = frozenset() if self._db.sqlite else workers.alive(self._db, int(_DEAD_SECONDS * 1000))
        taken = self._engine.take_over({self._engine.executor, *others})
        if taken:
            log.warning("took over runs of dead workers", runs=taken)

    def _beat(self) -> None:
        while not self._stopping.wait(_BEAT_SECONDS):
            try:
                workers.beat(self._db, self._engine.executor)
                self._beaten = time.monotonic()
            except ReactorError as error:
                log.error("heartbeat failed", reason=str(error))

    def _check_pulse(self) -> None:
        if time.monotonic() - self._beaten > _DEAD_SECONDS:
            raise Silenced(
                f"The database took no heartbeat for {_DEAD_SECONDS:.0f} s, so this worker's runs count as orphaned.",
                "Check JIRA_REACTOR_DATABASE_URL and its server; `jira-reactor serve` starts the worker again.",
            )

    def _end(self, grace: int) -> None:
        if self._minder is not None:
            self._minder.stop()
        if self._launched:
            self._engine.stop(grace)
            workers.bury(self._db, [self._engine.executor])
        self._leadership.release()
