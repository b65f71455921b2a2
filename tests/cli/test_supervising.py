"""Processes are kept running until they are to end, and then they end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import supervising
from app.cli.supervising import Supervisor
from tests.reacting.waiting import eventually

NOTE = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'a'), flush=True)"


def note(file: Path, then: str) -> list[str]:
    """A process that writes its id down and then does something."""
    return [sys.executable, "-c", f"{NOTE}; {then}", str(file)]


def started(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def supervised(commands: dict[str, list[str]], cwd: Path) -> tuple[Supervisor, Callable[[], None]]:
    supervisor = Supervisor(commands, cwd=cwd)
    thread = threading.Thread(target=supervisor.run)
    thread.start()

    def end() -> None:
        supervisor.stop()
        thread.join()

    return supervisor, end


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "_LOOK_SECONDS", 0.02)


def test_what_dies_is_started_again_and_the_others_are_left_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    commands = {"one": note(one, "time.sleep(60)"), "two": note(two, "time.sleep(60)")}
    _, end = supervised(commands, tmp_path)
    eventually(lambda: len(started(one)) == len(started(two)) == 1)
    os.kill(started(one)[0], signal.SIGKILL)
    eventually(lambda: len(started(one)) == 2)
    end()
    assert len(started(two)) == 1
    assert not any(alive(pid) for pid in started(one) + started(two))


def test_what_dies_at_once_is_started_ever_more_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(supervising.log, "error", lambda *_, seconds, **__: waits.append(seconds))
    monkeypatch.setattr(supervising, "_LONGEST_WAIT", 3.0)
    child = supervising._Child("broken", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path)

    def died() -> bool:
        child.due = 0.0
        child.look()
        return child.process is None

    for number in range(4):
        eventually(lambda: not died() and child.process)
        eventually(lambda number=number: died() or len(waits) > number)
    assert waits[:4] == sorted(waits[:4])
    assert waits[0] < waits[1] < waits[2] + 1
    assert max(waits) <= 3.0


def test_one_that_lived_long_is_started_again_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = supervising._Child("healthy", [sys.executable, "-c", "pass"], tmp_path, wait=16.0)
    child.look()
    assert child.process
    child.process.wait()
    child.started -= 60
    child.look()
    assert child.due - time.monotonic() <= 1.0


def test_what_does_not_end_when_asked_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "_GRACE_SECONDS", 0.5)
    file = tmp_path / "stubborn"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + NOTE + "; time.sleep(60)"
    _, end = supervised({"stubborn": [sys.executable, "-c", deaf, str(file)]}, tmp_path)
    eventually(lambda: started(file))
    end()
    assert not alive(started(file)[0])
