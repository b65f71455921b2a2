"""Faults on request: what a network, a busy Jira and its webhooks do wrong, switched on for tests and demos."""

import random
import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from app.simulator.refused import Refused

#: Why Jira says 429: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/.
REASONS = ("jira-quota-global-based", "jira-quota-tenant-based", "jira-burst-based", "jira-per-issue-on-write")
#: Writes to one issue that Cloud allows within so many seconds.
ISSUE_WRITE_LIMITS = ((20, 2.0), (100, 30.0))


@dataclass
class Fault:
    """An answer to give instead of the right one; `executed` does what was asked first and then fails."""

    status: int
    times: int
    method: str
    path: re.Pattern[str]
    executed: bool
    headers: dict[str, str]

    def concerns(self, method: str, path: str) -> bool:
        """Say whether it is for this request."""
        return self.times > 0 and self.method in ("", method) and bool(self.path.search(path))


@dataclass
class Trouble:
    """Everything that can go wrong; nothing does until it is asked for."""

    #: Seconds every answer of the REST API takes longer.
    latency: float = 0.0
    #: Seconds between what a write does and its answer.
    lag: float = 0.0
    #: Enforce Cloud's real limits on writes to one issue.
    issue_write_limits: bool = False
    #: How many more times each webhook delivery is sent although it was received.
    duplicates: int = 0
    #: Seconds within which deliveries of one issue may overtake each other; 0 keeps their order.
    disorder: float = 0.0
    #: Says of a delivery's event and issue key whether it is lost before it is ever sent.
    loses: Callable[[str, str], bool] = lambda event, key: False
    _faults: list[Fault] = field(default_factory=list)
    _writes: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(
        self,
        status: int,
        *,
        times: int = 1,
        method: str = "",
        path: str = "",
        executed: bool = False,
        reason: str = "jira-burst-based",
        retry_after: float | None = None,
    ) -> None:
        """Answer the next requests with an error; `path` is a regular expression searched in their path.

        A 429 carries Jira's headers with `reason`; `retry_after` is in seconds and 1 for a 429 unless given.
        """
        headers = limited(reason, 1 if retry_after is None else retry_after) if status == 429 else {}
        if status != 429 and retry_after is not None:
            headers = {"Retry-After": str(retry_after)}
        with self._lock:
            self._faults.append(Fault(status, times, method, re.compile(path), executed, headers))

    def calm(self) -> None:
        """Take back every fault not yet given."""
        with self._lock:
            self._faults.clear()

    def before(self, method: str, path: str) -> None:
        """Delay a request, or refuse it where a fault says so; raises Refused."""
        sleep(self.latency)
        self._strike(method, path, executed=False)

    def after(self, method: str, path: str) -> None:
        """Delay the answer to a write that has been carried out, or refuse a request all the same; raises Refused."""
        sleep(0 if method == "GET" else self.lag)
        self._strike(method, path, executed=True)

    def write(self, issue: str) -> None:
        """Count a write to an issue; raises Refused where the real limits would."""
        if not self.issue_write_limits:
            return
        now = monotonic()
        with self._lock:
            times = self._writes[issue]
            for allowed, seconds in ISSUE_WRITE_LIMITS:
                recent = [moment for moment in times if now - moment < seconds]
                if len(recent) >= allowed:
                    wait = seconds - (now - recent[0])
                    headers = limited("jira-per-issue-on-write", wait, limit=allowed)
                    raise Refused("Rate limit exceeded.", status=429, headers=headers)
            times.append(now)

    def shuffle(self) -> float:
        """Give the seconds a delivery waits so that it may come out of order."""
        return random.uniform(0, self.disorder)  # noqa: S311 - nothing secret hangs on it

    def _strike(self, method: str, path: str, *, executed: bool) -> None:
        with self._lock:
            faults = (fault for fault in self._faults if fault.executed is executed and fault.concerns(method, path))
            fault = next(faults, None)
            if fault is None:
                return
            fault.times -= 1
        message = "Rate limit exceeded." if fault.status == 429 else "The service is in trouble, as asked for."
        raise Refused(message, status=fault.status, headers=fault.headers)


def limited(reason: str, wait: float, *, limit: int = 100) -> dict[str, str]:
    """Write the headers of a 429."""
    seconds = max(0, -int(-wait // 1))
    reset = datetime.now(UTC) + timedelta(seconds=seconds)
    return {
        "Retry-After": str(seconds),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%MZ}",
        "RateLimit-Reason": reason,
    }
