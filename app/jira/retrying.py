"""When a call is tried again, and how long to wait before."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from app.jira.errors import HeldBack, JiraError, RateLimited, Unreachable

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """Bound the retries of one call; all times are seconds.

    The first wait is `start` plus up to `jitter`, then doubling up to `cap`, never less than Jira asked for.
    https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
    """

    most: int = 4
    start: float = 0.5
    jitter: float = 1.5
    cap: float = 30.0
    #: Where Jira asks for a longer wait, the error goes to the caller, who can wait without holding a thread.
    patience: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def run(self, attempt: Callable[[], T], *, safe: bool) -> T:
        """Call `attempt` until it succeeds or trying again is pointless; `safe` means repeating it changes nothing."""
        retrying = Retrying(
            stop=stop_after_attempt(self.most + 1),
            wait=self._wait,
            retry=retry_if_exception(lambda error: self._worth_repeating(error, safe)),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _worth_repeating(self, error: BaseException, safe: bool) -> bool:
        if not isinstance(error, JiraError) or not error.transient or isinstance(error, HeldBack):
            return False
        if (error.retry_after or 0) > self.patience:
            return False
        return safe or (isinstance(error, RateLimited | Unreachable) and not error.sent)

    def _wait(self, state: RetryCallState) -> float:
        backoff = wait_exponential_jitter(multiplier=self.start, max=self.cap, jitter=self.jitter)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, JiraError) else None
        return max(backoff, asked or 0.0)
