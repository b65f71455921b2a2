"""Letting a call go out when the budget allows it, and telling the budget what came of it."""

import random
from collections.abc import Mapping

from app.jira import budget as budgets
from app.jira.budget import Budget
from app.jira.errors import HeldBack, RateLimited
from app.jira.moments import milliseconds, now
from app.jira.retrying import RetryPolicy

#: Seconds to leave a limit alone where Jira does not say how long; what its guide recommends to start with.
UNTOLD = 2.0
#: Below this share of a limit calls are spread out; Jira's own NearLimit header begins at the same.
NEAR = 0.2
#: Seconds between two calls that are spread out, at most.
SLOWEST = 2.0


class Pacing:
    """Holds calls back for as long as a thread should be held, and hands longer waits to the caller."""

    def __init__(self, budget: Budget, retries: RetryPolicy) -> None:
        self._budget = budget
        self._retries = retries

    def await_turn(self, method: str, path: str) -> None:
        """Sleep until the call may go out; raise HeldBack where that takes too long."""
        scopes, waited = budgets.scopes(method, path), 0.0
        while wait := self._budget.wait(scopes):
            # All who wait would otherwise come back in the same moment.
            wait += random.uniform(0, min(0.3 * wait, 10.0))  # noqa: S311 - nothing secret hangs on it
            waited += wait
            if waited > self._retries.patience:
                raise _held_back(method, path, wait)
            self._retries.sleep(wait)

    def refused(self, error: RateLimited, method: str, path: str) -> None:
        """Let everybody wait for the limit that a refused call ran into."""
        scope = budgets.limited_scope(error.reason, method, path)
        self._budget.pause(scope, UNTOLD if error.retry_after is None else error.retry_after)

    def answered(self, headers: Mapping[str, str], method: str, path: str) -> None:
        """Spread such calls out where Jira says that few are left."""
        if seconds := spacing(headers):
            # Jira does not say of which of its limits; the narrowest holds nobody else back.
            self._budget.slow(budgets.scopes(method, path)[-1], seconds)


def spacing(headers: Mapping[str, str]) -> float:
    """Return the seconds to leave between calls so that what is left lasts until Jira gives more; mostly none."""
    remaining, limit = _number(headers, "Remaining"), _number(headers, "Limit")
    few = remaining is not None and limit is not None and remaining < NEAR * limit
    if not few and headers.get("X-RateLimit-NearLimit", "").lower() != "true":
        return 0.0
    # Data Center tells how many calls it gives back in each interval, Cloud when it gives all of them back.
    given, interval = _number(headers, "FillRate"), _number(headers, "Interval-Seconds")
    if given and interval:
        return min(interval / given, SLOWEST)
    reset = milliseconds(headers.get("X-RateLimit-Reset"))
    left = UNTOLD if reset is None else max(0.0, (reset - now()) / 1000)
    return min(left / ((remaining or 0) + 1), SLOWEST)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    told = headers.get(f"X-RateLimit-{name}", "")
    return int(told) if told.isdecimal() else None


def _held_back(method: str, path: str, wait: float) -> HeldBack:
    return HeldBack(
        f"Jira asked us to wait {wait:.0f} seconds more before {method} {path}, so it was not sent.",
        "Nothing to mend if it happens now and then: it goes on by itself. Otherwise let fewer handlers write.",
        retry_after=wait,
        sent=False,
    )
