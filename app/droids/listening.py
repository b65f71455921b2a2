"""Listen to a program while it works: its steps, its session as soon as it is known, and that it is alive."""

import time
from collections.abc import Callable

from app.droids.cleaning import one_line, printable
from app.droids.extracting import an_object
from app.droids.finding import find, find_text
from app.droids.output import session_in
from app.droids.recipe import Recipe

#: Seconds between two signs of life.
_BREATH = 1.0
_LONGEST_STEP = 200
#: A line beyond this many bytes is not looked at; what programs put into one is whole files.
_LONGEST_LINE = 1024 * 1024


class Listener:
    """Pass on what a program's output tells while it comes; each method is called by one thread."""

    def __init__(
        self, recipe: Recipe, *, tell: Callable[[str, str | None], None], redact: Callable[[str], str]
    ) -> None:
        self._recipe, self._tell, self._redact = recipe, tell, redact
        self._rest = b""
        #: The newest session told of so far.
        self.session: str | None = None
        self._last_breath = float("-inf")

    def hear_out(self, piece: bytes) -> None:
        """Take a piece of its standard output."""
        self.hear_err(piece)
        if self._recipe.output not in ("text", "jsonl"):
            return
        *lines, rest = (self._rest + piece).split(b"\n")
        self._rest = rest if len(rest) <= _LONGEST_LINE else b""
        for line in lines:
            self._read(line)

    def hear_err(self, piece: bytes) -> None:
        """Take a piece of its standard error, of which only that it came is of interest."""
        if time.monotonic() - self._last_breath >= _BREATH:
            self._last_breath = time.monotonic()
            self._tell("", self.session)

    def _read(self, line: bytes) -> None:
        if self._recipe.output == "text":
            text = printable(line.decode(errors="replace"))
            self._pass_on(find(self._recipe.read.session, text), find_text(self._recipe.read.step, text))
        elif event := an_object(line):
            self._pass_on(find(self._recipe.read.session, [event]), find_text(self._recipe.read.step, event))

    def _pass_on(self, session: object, step: str) -> None:
        known = self.session
        self.session = session_in(session) or known
        step = one_line(self._redact(step))[:_LONGEST_STEP]
        if step or self.session != known:
            self._tell(step, self.session)
