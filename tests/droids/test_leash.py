"""The leash as the process it is, started here with our own environment so that its lines are counted."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.droids import leash
from tests.droids.conftest import Agent
from tests.droids.processes import STUBBORN_FAMILY, alive, pids

HANG = "import time; print('here', flush=True); time.sleep(60)"


@contextmanager
def leashed(*argv: str, grace: float = 0.2) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    line, far_end = socket.socketpair()
    command = [sys.executable, leash.__file__, str(far_end.fileno()), str(grace), *argv]
    with line, far_end, subprocess.Popen(command, pass_fds=[far_end.fileno()], stdout=subprocess.PIPE) as process:
        far_end.close()
        yield process, line


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("pass", 0, id="well"),
        pytest.param("raise SystemExit(3)", 3, id="exit-code"),
        pytest.param("import os; os.kill(os.getpid(), 15)", 143, id="signal"),
    ],
)
def test_its_exit_code_is_the_programs(agent: Agent, source: str, code: int):
    with leashed(*agent(source)) as (process, _):
        assert process.wait(10) == code


def test_letting_go_of_the_line_ends_the_program(agent: Agent):
    with leashed(*agent(HANG), grace=30) as (process, line):
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        line.close()
        assert process.wait(10) == 128 + signal.SIGTERM


def test_sigterm_ends_the_program_as_well(agent: Agent):
    with leashed(*agent(HANG), grace=30) as (process, _):
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM


def test_who_ignores_sigterm_is_killed_after_the_grace(agent: Agent, tmp_path: Path):
    with leashed(*agent(STUBBORN_FAMILY), str(tmp_path)) as (process, line):
        family = pids(tmp_path, 3)
        line.close()
        assert process.wait(10) == 128 + signal.SIGKILL
        assert not any(map(alive, family))


def test_sigterm_comes_once_and_leaves_time_to_tidy_up(agent: Agent):
    tidy = agent("""
        import signal, sys, time
        asked = []
        signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
        print("here", flush=True)
        while not asked:
            time.sleep(0.01)
        time.sleep(0.3)
        print(len(asked), flush=True)
    """)
    with leashed(*tidy, grace=30) as (process, line):
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        line.close()
        assert process.stdout.readline() == b"1\n"
        assert process.wait(10) == 0


def test_a_program_that_cannot_be_started_is_told_on_the_line():
    with leashed("/no/such/agent") as (process, line):
        assert line.recv(100) == b"2 No such file or directory"
        assert process.wait(10) == 127


def test_where_the_system_does_not_list_children_the_program_itself_is_still_ended(monkeypatch: pytest.MonkeyPatch):
    def unreadable(path: Path) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_text", unreadable)
    assert leash._family(7) == {7}
