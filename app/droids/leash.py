"""Run one agent program and end it, with all it started, as soon as the worker lets go of the line or dies.

This is a process of its own between worker and program, started as a script, because only another process can act
when a worker is killed. The line is a socket whose other end only the worker holds: however the worker ends, the kernel
closes it. Usage: leash.py LINE_FD GRACE_SECONDS PROGRAM [ARGUMENT...]
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# https://man7.org/linux/man-pages/man2/prctl.2.html
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
#: Seconds the kernel gets to carry out a SIGKILL.
_KILLING = 2.0


def main(line_fd: int, grace: float, argv: Sequence[str]) -> int:
    """Hold the program until it ends or must end; return its exit code, 128 + n where signal n ended it.

    Where it cannot be started, the worker is told "errno words" on the line.
    """
    line, bell = socket.socket(fileno=line_fd), _bell()
    prctl = getattr(ctypes.CDLL(None), "prctl", lambda *_: 0)
    # Whatever the program leaves behind, even in another process group, becomes a child of ours.
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        program = subprocess.Popen(
            argv, start_new_session=True, preexec_fn=lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        )
    except OSError as error:
        line.sendall(f"{error.errno} {error.strerror}".encode())
        return 127
    _hold(program.pid, line, bell)
    _ask(program.pid, bell, grace)
    return _insist(program)


def _bell() -> socket.socket:
    """Make a socket that becomes readable with every SIGCHLD and SIGTERM."""
    bell, hammer = socket.socketpair()
    bell.setblocking(False)
    hammer.setblocking(False)
    signal.set_wakeup_fd(hammer.detach())
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # The worker's thread may have blocked signals, and children inherit that.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return bell


def _hold(pid: int, line: socket.socket, bell: socket.socket) -> None:
    """Wait until the program has ended, the worker has let go, or we are told to end."""
    while _running(pid):
        readable, _, _ = select.select([line, bell], [], [])
        if line in readable or signal.SIGTERM in bell.recv(1024):
            return


def _ask(pid: int, bell: socket.socket, grace: float) -> None:
    """Ask the program and all it left behind to end, and wait until they have, `grace` seconds at most."""
    for each in _family(pid):
        _signal(each, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(map(_running, _family(pid))) and (left := deadline - time.monotonic()) > 0:
        if select.select([bell], [], [], left)[0]:
            bell.recv(1024)


def _insist(program: subprocess.Popen[bytes]) -> int:
    """Kill whatever is left, until nothing is."""
    deadline = time.monotonic() + _KILLING
    # Its number stays taken until we have waited for it, so this cannot meet a stranger.
    _signal(program.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.wait(_KILLING)
    while time.monotonic() < deadline:
        for pid in _children():
            _signal(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        time.sleep(0.005)
    code = -signal.SIGKILL if program.returncode is None else program.returncode
    return code if code >= 0 else 128 - code


def _signal(pid: int, number: int) -> None:
    """Signal the group that the process leads, or the process alone where it leads none."""
    for send in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(pid, number)
            break


def _running(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _family(pid: int) -> set[int]:
    return {pid, *_children()}


def _children() -> list[int]:
    """List our children, dead ones we have not waited for included; none where this system does not tell."""
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
