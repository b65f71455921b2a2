"""How far Jira's clock is from ours."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from app.jira.moments import milliseconds, now


def skew(info: Any, headers: Mapping[str, str], asked: int) -> float | None:
    """Return by how many seconds Jira's clock is ahead of ours, from what it answered to a call sent at `asked`.

    The time in serverInfo is Jira's own; the Date header may be that of a proxy in front of it. None without either.
    """
    theirs = milliseconds(info.get("serverTime")) if isinstance(info, dict) else None
    theirs = _date(headers.get("Date", "")) if theirs is None else theirs
    # The answer was written somewhere between the two readings of our own clock.
    return None if theirs is None else (theirs - (asked + now()) / 2) / 1000


def _date(header: str) -> int | None:
    try:
        # The header cuts off the fraction of the second, which is half of one on average.
        return round(parsedate_to_datetime(header).timestamp() * 1000) + 500
    except ValueError:
        return None
