import errno
import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.droids import running
from app.droids.base import DroidUnstartable
from app.droids.running import run_leashed
from tests.droids.conftest import Agent
from tests.droids.processes import STUBBORN_FAMILY, alive, eventually, pids

run = functools.partial(run_leashed, stdin=b"", env={}, cwd=None, timeout=20, grace=0.2, stop=None)

WORKER = """
import sys
from app.droids.running import run_leashed
print("here", flush=True)
run_leashed(sys.argv[1:], stdin=b"", env={}, cwd=None, timeout=60, grace=0.2, stop=None)
"""


def test_nothing_outlives_a_worker_that_is_killed(agent: Agent, tmp_path: Path):
    """The engine runs the step again, so what the dead worker had started must be gone by itself."""
    command = [sys.executable, "-c", WORKER, *agent(STUBBORN_FAMILY), str(tmp_path)]
    root = Path(running.__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, start_new_session=True) as worker:
        family = pids(tmp_path, 3)
        assert all(map(alive, family))
        os.killpg(worker.pid, signal.SIGKILL)
    assert eventually(lambda: not any(map(alive, family)))


def test_a_program_does_not_outlive_a_leash_that_is_killed(agent: Agent, tmp_path: Path):
    loose = agent("""
        import os, sys, time
        open(f"{sys.argv[1]}/{os.getpid()}.pid", "x").close()
        os.kill(os.getppid(), 9)
        time.sleep(60)
    """)
    assert run((*loose, str(tmp_path))).code == -signal.SIGKILL
    assert eventually(lambda: not any(map(alive, pids(tmp_path, 1))))


def test_a_leash_that_is_stuck_is_killed(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "_STUCK", 0.2)
    sly = agent("""
        import os, signal, sys, time
        os.kill(os.getppid(), signal.SIGSTOP)
        open(f"{sys.argv[1]}/{os.getpid()}.pid", "x").close()
        time.sleep(60)
    """)
    ended = run((*sly, str(tmp_path)), stop=lambda: any(tmp_path.glob("*.pid")))
    assert (ended.because, ended.code) == ("stop", -signal.SIGKILL)
    assert eventually(lambda: not any(map(alive, pids(tmp_path, 1))))


def test_signals_that_the_worker_blocks_still_reach_the_program(agent: Agent):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    try:
        ended = run(agent("import time; time.sleep(60)"), timeout=0.3, grace=30)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
    assert (ended.because, ended.code) == ("deadline", 128 + signal.SIGTERM)


def test_a_program_that_hangs_up_on_its_input_and_output_still_runs_to_its_end(agent: Agent):
    silent = agent("import os, time; [os.close(fd) for fd in (0, 1, 2)]; time.sleep(0.2); os._exit(7)")
    assert run(silent, stdin=b"x" * 1_000_000).code == 7


def test_no_file_of_the_worker_is_open_in_the_program(agent: Agent):
    ended = run(agent("import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"))
    # 3 is the one that lists them.
    assert ended.stdout == b"[0, 1, 2, 3]\n"


def test_a_machine_without_room_is_worth_trying_again(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    """Stand in for fork, whose failing would take all other tests' room as well."""

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", full)
    with pytest.raises(DroidUnstartable, match="temporarily unavailable") as caught:
        run(agent("print(1)"))
    assert caught.value.transient
