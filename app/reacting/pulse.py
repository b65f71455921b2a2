"""A droid's signs of life, written down as often as is useful and never lost."""

import time
from collections.abc import Callable

from app.errors import ReactorError

#: Least seconds between two signs of life that are written down.
_INTERVAL = 1.0
_LONGEST_STEP = 200


class Pulse:
    """Takes news as often as there are any, and hands the newest on when it is time; `beat` has to be called often."""

    def __init__(self, write: Callable[[str, str | None], None]) -> None:
        self._write = write
        self._written = 0.0
        self._news = False
        self._step = ""
        self._session: str | None = None

    def tell(self, step: str, session: str | None) -> None:
        """Take what a droid is doing, or a mere sign of life, and its session once that is known."""
        self._step = " ".join(step.split())[:_LONGEST_STEP] or self._step
        self._session = session or self._session
        self._news = True
        self.beat()

    def beat(self) -> None:
        """Write down what there is, if it is time for it."""
        if not self._news or time.monotonic() - self._written < _INTERVAL:
            return
        self._written, self._news = time.monotonic(), False
        try:
            self._write(self._step, self._session)
        except ReactorError:
            # The next sign of life comes soon, and none of them is worth ending a droid's work.
            return
