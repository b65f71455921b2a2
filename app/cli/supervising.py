"""Keeping a few processes running."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()

_LOOK_SECONDS = 0.1
#: A process that dies at once is started again after a second, then two, up to this many.
_LONGEST_WAIT = 30.0
#: A process that lived this long is taken for healthy, and its next restart waits a second again.
_HEALTHY_SECONDS = 30.0
#: How long processes may take to end after SIGTERM.
_GRACE_SECONDS = 15.0


@dataclass
class _Child:
    """One process and what became of its predecessors."""

    name: str
    argv: Sequence[str]
    cwd: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = field(default=1.0)
    due: float = 0.0

    def look(self) -> None:
        """Start the process when it is due, and notice its death."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                # A group of its own, so that Ctrl-C reaches it through us, once.
                self.process = subprocess.Popen(self.argv, cwd=self.cwd, start_new_session=True)
                self.started = now
        elif (code := self.process.poll()) is not None:
            self.wait = 1.0 if now - self.started > _HEALTHY_SECONDS else min(self.wait * 2, _LONGEST_WAIT)
            self.process, self.due = None, now + self.wait / 2
            log.error("process ended; starting it again", process=self.name, code=code, seconds=self.wait / 2)


class Supervisor:
    """Starts processes, starts them again when they die, and ends them when stopped."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, cwd: Path) -> None:
        self._children = [_Child(name, argv, cwd) for name, argv in commands.items()]
        self._stopping = threading.Event()

    def run(self) -> None:
        """Keep the processes running until `stop` is called, then end them."""
        try:
            while not self._stopping.is_set():
                for child in self._children:
                    child.look()
                self._stopping.wait(_LOOK_SECONDS)
        finally:
            self._end()

    def stop(self) -> None:
        """Make `run` return; safe to call from a signal handler."""
        self._stopping.set()

    def _end(self) -> None:
        running = [child.process for child in self._children if child.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
