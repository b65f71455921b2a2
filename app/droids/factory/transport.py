"""The line to one `droid exec` process, which is on our leash and sees few of our variables.

The SDK's own transport would hand the worker's whole environment over, and leave the process behind when the worker is
killed.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from droid_sdk import DroidConnectionError, DroidProcessError, DroidProtocolError

from app.droids.base import DroidError
from app.droids.reading import exit_code, last_lines
from app.droids.running import cannot_start, on_leash

#: What makes `droid exec` speak JSON-RPC, one message a line; the prompt is one of them and never an argument.
ARGUMENTS = ("exec", "--input-format", "stream-jsonrpc", "--output-format", "stream-jsonrpc")
#: Bytes of one message; a tool's result can hold a whole file.
_LONGEST_LINE = 64 * 1024 * 1024
_MOST_STDERR = 64 * 1024
#: Seconds the leash gets beyond its grace before it is taken for stuck.
_STUCK = 5.0
#: Seconds that last words may take to arrive, once who wrote them is gone.
_LINGER = 1.0


class LeashedTransport:
    """Carries messages to the process and back; a `DroidClientTransport` of the SDK."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | None, grace: float) -> None:
        self._argv = argv
        self._env = env
        self._cwd = cwd
        self._grace = grace
        self._stderr = b""
        #: Why the program could not be started, known as soon as the messages have ended.
        self.unstarted: DroidError | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the process still runs, as far as we know."""
        return self._process.returncode is None

    async def connect(self) -> None:
        """Start the process; raises DroidMissing or DroidUnstartable."""
        self._line, far_end = socket.socketpair()
        self._line.setblocking(False)
        with far_end:
            try:
                self._process = await self._start(far_end.fileno())
            except OSError as error:
                self._line.close()
                raise cannot_start(self._argv[0], f"{error.errno} {error.strerror}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._listening = asyncio.create_task(self._listen(self._process.stderr))

    async def send(self, message: str) -> None:
        """Send one message; raises DroidConnectionError where nobody reads any more."""
        try:
            self._stdin.write(message.encode() + b"\n")
            await self._stdin.drain()
        except OSError as error:
            raise DroidConnectionError(f"It does not listen any more: {error.strerror}.") from error

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what the process sends; raises DroidProcessError at its end, and DroidProtocolError for broken JSON."""
        while line := await self._stdout.readline():
            # Warnings and the like may stand between the messages.
            if line.lstrip().startswith(b"{"):
                yield _message(line)
        raise await self._ended()

    async def close(self) -> None:
        """Let go of the leash, and wait until the process and all it started are gone."""
        self._line.close()
        try:
            await asyncio.wait_for(self._process.wait(), self._grace + _STUCK)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._stdin.close()
        await asyncio.wait({self._listening}, timeout=_LINGER)

    async def _start(self, line_fd: int) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *on_leash(self._argv, line_fd, self._grace),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            pass_fds=[line_fd],
            env=self._env,
            cwd=self._cwd,
            start_new_session=True,
        )

    async def _ended(self) -> DroidProcessError:
        code = await self._process.wait()
        await asyncio.wait({self._listening}, timeout=_LINGER)
        with contextlib.suppress(OSError):
            if words := self._line.recv(1024).decode():
                self.unstarted = cannot_start(self._argv[0], words)
        said = last_lines(self._stderr) or "It wrote nothing that says why."
        return DroidProcessError(f"It ended before its work did, with {exit_code(code)}. {said}")

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        while chunk := await stderr.read(65536):
            self._stderr = (self._stderr + chunk)[-_MOST_STDERR:]


def _message(line: bytes) -> dict[str, Any]:
    try:
        message: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise DroidProtocolError("It sent a message that is broken.") from error
    return message
