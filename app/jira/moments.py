"""Moments as Jira tells them: milliseconds since the epoch, or ISO 8601 with or without a zone."""

import time
from datetime import UTC, datetime


def now() -> int:
    """Tell the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def milliseconds(told: object) -> int | None:
    """Read a moment as milliseconds since the epoch; None where there is none to read.

    Jira documents some moments as numbers and shows the same ones as texts; a text without a zone is UTC.
    """
    if isinstance(told, bool) or not isinstance(told, int | str):
        return None
    if isinstance(told, int) or told.isdecimal():
        return int(told)
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
