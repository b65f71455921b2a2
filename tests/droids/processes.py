"""Watch real processes come and go."""

import time
from collections.abc import Callable
from pathlib import Path


def alive(pid: int) -> bool:
    """Say whether a process still runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(true: Callable[[], object], seconds: float = 10.0) -> bool:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def pids(folder: Path, count: int) -> list[int]:
    """Read the pids that an agent and what it started have left in `folder`, as soon as all `count` are there."""
    assert eventually(lambda: len(list(folder.glob("*.pid"))) == count)
    return [int(path.stem) for path in folder.glob("*.pid")]


#: A program that hangs, beside a child in its group and a grandchild that has left for a session of its own; all of
#: them ignore SIGTERM, and each leaves its pid in the folder that is its only argument.
STUBBORN_FAMILY = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0 and os.fork() == 0:
        os.setsid()
    open(f"{sys.argv[1]}/{os.getpid()}.pid", "x").close()
    print("Thinking.", flush=True)
    time.sleep(60)
"""
