"""One write to Jira, made once: tried with patience, marked, and looked for before it is tried again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from app.engine import Engine, Patience
from app.errors import ReactorError
from app.storage import actions, runs
from app.storage.database import Database
from app.storage.runs import Run

T = TypeVar("T")


class Stopped(ReactorError):
    """Somebody stopped the run; it writes nothing any more."""


@dataclass
class Actions:
    """The writes of one run, numbered in the order its handler asks for them."""

    db: Database
    engine: Engine
    run: Run
    patience: Patience
    #: Names what is written apart from the handler, such as an apology or a status comment: such writes are numbered by
    #: themselves, and their marker alone makes them once, because the engine would take them for steps of the handler.
    apart: str = ""
    #: Whether a run that somebody stopped writes nothing any more.
    checked: bool = True
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def perform(self, kind: str, write: Callable[[str], T], find: Callable[[str], T | None] = lambda marker: None) -> T:
        """Write to Jira as a step of the run and return what came of it.

        `write` gets a marker to leave in Jira; `find` looks for what an earlier try with that marker wrote, and returns
        None where there is nothing. Without `find`, `write` must bear repeating.
        """
        # The engine repeats a handler from its beginning after a crash, so the same write gets the same marker.
        number = f"{self.apart}{next(self._numbers)}"
        marker = str(uuid5(NAMESPACE_URL, f"{self.run.connection_id}/{self.run.id}/{number}"))

        def attempt() -> T:
            if self.checked:
                self.check()
            tried = actions.begin(
                self.db,
                marker=marker,
                run=self.run.id,
                connection_id=self.run.connection_id,
                issue=self.run.issue,
                kind=kind,
            )
            found = find(marker) if tried else None
            result = write(marker) if found is None else found
            actions.end(self.db, marker, result if isinstance(result, str) else None)
            return result

        def persist() -> T:
            return self.patience.keep_trying(attempt)

        return persist() if self.apart else self.engine.step(kind, persist)

    def stopped(self) -> bool:
        """Tell whether somebody stopped the run, in whatever process."""
        run = runs.get(self.db, self.run.id)
        return run is not None and run.state == "stopped"

    def check(self) -> None:
        """Raise Stopped where the run is stopped."""
        if self.stopped():
            raise Stopped("The run was stopped.")

    def read(self, name: str, look: Callable[[], T]) -> T:
        """Read from Jira as a step of the run, so that a repeated handler sees what it saw before."""
        return self.engine.step(name, lambda: self.patience.keep_trying(look))
