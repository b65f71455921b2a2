"""Real processes of the product, which tests kill without warning and start again."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from app.settings import CHECKOUT

PATIENCE_SECONDS = 60.0


def eventually(true: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until something is true; tell whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Process:
    """A program in a process group of its own, with one log per life; ended with the context, whatever happens.

    `ready` tells of a started process whether it works already.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        environ: Mapping[str, str],
        folder: Path,
        ready: Callable[["Process"], object],
    ) -> None:
        self.name = name
        self.kills = 0
        self._argv, self._environ, self._folder, self._ready = argv, environ, folder, ready
        self._lives: list[Path] = []
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGKILL)

    def start(self) -> None:
        self._lives.append(self._folder / f"{self.name}-{len(self._lives) + 1}.log")
        with self._lives[-1].open("wb") as log:
            self._running = subprocess.Popen(
                self._argv, cwd=CHECKOUT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_ready(self) -> None:
        waited = eventually(lambda: not self.running or self._ready(self))
        ready = waited and self.running
        assert ready, f"{self.name} did not start:\n{self._lives[-1].read_text()}"

    def kill(self) -> None:
        """Kill -9 the process and all it started in its group."""
        self._end(signal.SIGKILL)
        self.kills += 1

    def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def said(self, event: str, *, now: bool = False) -> list[dict[str, Any]]:
        """Read the log lines of one kind, those of all its lives or only those of the present one."""
        lives = self._lives[-1:] if now else self._lives
        # What stands behind the last line break is still being written, or never was written to its end.
        lines = [line for life in lives for line in life.read_text(errors="replace").split("\n")[:-1]]
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in told if line["event"] == event]

    def _end(self, number: signal.Signals) -> None:
        if self._running is None:
            return
        # Not waited for yet, so that the number of the group still is ours.
        os.killpg(self._running.pid, number)
        self._running.wait(PATIENCE_SECONDS)
        self._running = None
