"""Run an agent program to its end on a leash: feed it, read it, and let go when its time is up."""

import errno
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from app.droids.base import DroidMissing, DroidUnstartable

#: How much of each stream is kept, in bytes: the end of it, where agents put their answer.
MOST_OUTPUT = 10 * 1024 * 1024
#: Seconds between two looks at whether to stop.
_LOOK = 0.25
#: Seconds the leash gets beyond its grace before it is taken for stuck.
_STUCK = 5.0
_LEASH = Path(__file__).with_name("leash.py")
_NO_ROOM = {errno.EAGAIN, errno.ENOMEM, errno.ENFILE, errno.EMFILE, errno.ETXTBSY}

#: Gets each piece of a stream as it comes; called on the thread that reads the stream, so it must not raise or linger.
Hear = Callable[[bytes], None]

#: Why a program was ended by us; empty where it ended by itself.
Because = Literal["", "deadline", "stop"]


@dataclass(frozen=True)
class Ended:
    """How a program ended and what it wrote; `left_out` counts bytes of stdout before the ones kept."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""
    left_out: int = 0
    because: Because = ""


class _Reader(threading.Thread):
    """Read a stream to its end, pass on each piece as it comes, and keep the last MOST_OUTPUT bytes."""

    def __init__(self, stream: IO[bytes], hear: Hear) -> None:
        super().__init__(daemon=True)
        self._stream, self._hear = stream, hear
        self._chunks: deque[bytes] = deque()
        self._size = self._dropped = 0
        self._lock = threading.Lock()
        self.start()

    def run(self) -> None:
        with self._stream:
            while chunk := self._stream.read(65536):
                with self._lock:
                    self._keep(chunk)
                self._hear(chunk)

    def _keep(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        while self._size - len(self._chunks[0]) >= MOST_OUTPUT:
            dropped = len(self._chunks.popleft())
            self._size -= dropped
            self._dropped += dropped

    def result(self) -> tuple[bytes, int]:
        """Give what was kept and how many bytes were not, one second after the end at the latest."""
        self.join(1.0)
        with self._lock:
            return b"".join(self._chunks), self._dropped


def run_leashed(
    argv: Sequence[str],
    *,
    stdin: bytes,
    env: Mapping[str, str],
    cwd: Path | None,
    timeout: float,
    grace: float,
    stop: Callable[[], bool] | None,
    hear_out: Hear = lambda piece: None,
    hear_err: Hear = lambda piece: None,
) -> Ended:
    """Run `argv` for at most `timeout` seconds; what must end gets SIGTERM and, `grace` seconds later, SIGKILL.

    Raises DroidMissing or DroidUnstartable where it cannot be started.
    """
    line, far_end = socket.socketpair()
    with line:
        with far_end:
            leash = _start(argv, far_end, grace, env, cwd)
        assert leash.stdin is not None
        assert leash.stdout is not None
        assert leash.stderr is not None
        threading.Thread(target=_feed, args=(leash.stdin, stdin), daemon=True).start()
        stdout, stderr = _Reader(leash.stdout, hear_out), _Reader(leash.stderr, hear_err)
        try:
            because, words = _watch(line, time.monotonic() + timeout, stop)
        finally:
            line.close()
            code = _reap(leash, grace)
    if words:
        raise _cannot_start(argv[0], words)
    kept, left_out = stdout.result()
    return Ended(code, kept, stderr.result()[0], left_out, because)


def _start(
    argv: Sequence[str], far_end: socket.socket, grace: float, env: Mapping[str, str], cwd: Path | None
) -> subprocess.Popen[bytes]:
    fd = far_end.fileno()
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LEASH), str(fd), str(grace), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=[fd],
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    except OSError as error:
        raise _cannot_start(argv[0], f"{error.errno} {error.strerror}") from error


def _feed(stream: IO[bytes], text: bytes) -> None:
    """Write all of `text`; a program that does not read to the end is its own business."""
    rest = memoryview(text)
    try:
        with stream:
            while rest:
                rest = rest[stream.write(rest) :]
    except BrokenPipeError:
        return


def _watch(line: socket.socket, deadline: float, stop: Callable[[], bool] | None) -> tuple[Because, str]:
    """Wait for the end; return why we end it, or what the leash said when it could not start."""
    while (left := deadline - time.monotonic()) > 0:
        if stop and stop():
            return "stop", ""
        line.settimeout(min(left, _LOOK))
        try:
            return "", line.recv(1024).decode()
        except TimeoutError:
            continue
    return "deadline", ""


def _reap(leash: subprocess.Popen[bytes], grace: float) -> int:
    try:
        return leash.wait(grace + _STUCK)
    except subprocess.TimeoutExpired:
        leash.kill()
        return leash.wait()


def _cannot_start(program: str, words: str) -> DroidMissing | DroidUnstartable:
    number, _, reason = words.partition(" ")
    if int(number) in _NO_ROOM:
        return DroidUnstartable(
            f"This machine could not start the droid's program {program}: {reason}.",
            "Trying again may help; if it stays so, give the worker more memory, processes or open files.",
        )
    return DroidMissing(
        f"The droid's program {program} cannot be started: {reason}.",
        "Check that it is a program which the worker's user may execute.",
    )
