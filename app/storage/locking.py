"""A lock on a file, which the kernel releases when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
#: Seconds between two looks at a lock that may be held for long.
_PAUSE = 0.02


class FileLock:
    """Held by one process or thread at a time; as a context it waits for the lock, `try_once` does not.

    https://man7.org/linux/man-pages/man2/flock.2.html
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        self._descriptor = self._open()
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def try_once(self) -> bool:
        """Take the lock if nobody has it, and tell whether we hold it now."""
        if self._descriptor is None:
            descriptor = self._open()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock up, if we hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        # Opened anew for each holder: a lock belongs to the open file, which threads and forks would share.
        try:
            return os.open(self._path, _FLAGS, 0o600)
        except FileNotFoundError:
            make_folder(self._path)
            return os.open(self._path, _FLAGS, 0o600)


@contextmanager
def taken_in_turn(path: str) -> Iterator[None]:
    """Hold a lock for as long as the block takes, be it long; who waits asks for it again and again.

    Waiting in the kernel would stop all requests that share a thread as greenlets, the lock's holder among them.
    """
    lock = FileLock(path)
    while not lock.try_once():
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


def make_folder(file: str) -> None:
    """Make the folder a file is to stand in, for its owner alone."""
    Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
