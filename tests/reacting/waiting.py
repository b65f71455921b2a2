"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable


def eventually(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so; a test fails where it never is."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
