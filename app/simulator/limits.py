"""Cloud's three kinds of rate limits: on bursts, on an hour's points, and on writes to one issue.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

from app.simulator.refused import Refused

#: Requests of one method to one endpoint within a second.
BURSTS = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
#: Points all apps together may spend within an hour.
QUOTA = 65_000
#: Writes to one issue within so many seconds.
ISSUE_WRITES = ((20, 2.0), (100, 30.0))
#: Below this share of what is allowed Jira says so beforehand.
NEAR = 0.2


@dataclass(frozen=True)
class Limit:
    """What a request falls under: how much of `what` is allowed within so many seconds, and what the request costs."""

    reason: str
    what: str
    allowed: int
    seconds: float
    cost: int = 1


@dataclass
class Limits:
    """Limits that are off until they are set; `scale` multiplies all their times."""

    scale: float = 1.0
    #: Whether writes to one issue are limited.
    issue_writes: bool = False
    #: Requests a second by method; BURSTS are the real ones.
    bursts: Mapping[str, int] = field(default_factory=dict)
    #: Points an hour, which only apps pay; QUOTA is the real number, 0 no limit.
    quota: int = 0
    _spent: dict[tuple[str, float], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, method: str, path: str, *, issue: str, by_app: bool) -> dict[str, str]:
        """Count a request and give the headers of its answer; raises Refused, counting nothing, where it is too many.

        `issue` is the key of the issue it writes to, or empty.
        """
        due = list(self._due(method, path, issue, by_app))
        with self._lock:
            left = {limit: self._left(limit) for limit in due}
            for limit in due:
                self._spent[limit.what, limit.seconds].extend([monotonic()] * limit.cost)
            if not left:
                return {}
            scarcest = min(left, key=lambda limit: left[limit] / limit.allowed)
            headers = counted(scarcest.allowed, left[scarcest], self._wait(scarcest))
        near = left[scarcest] < NEAR * scarcest.allowed
        return {**headers, "X-RateLimit-NearLimit": "true"} if near else headers

    def _due(self, method: str, path: str, issue: str, by_app: bool) -> Iterator[Limit]:
        if issue and self.issue_writes:
            for allowed, seconds in ISSUE_WRITES:
                yield Limit("jira-per-issue-on-write", issue, allowed, seconds)
        if method in self.bursts:
            yield Limit("jira-burst-based", f"{method} {endpoint(path)}", self.bursts[method], 1.0)
        if self.quota and by_app:
            # A read costs one more for each thing it gives; it counts for one here.
            yield Limit("jira-quota-global-based", "points", self.quota, 3600.0, 2 if method == "GET" else 1)

    def _left(self, limit: Limit) -> int:
        """Count what is left after this request."""
        spent = self._spent[limit.what, limit.seconds]
        while spent and monotonic() - spent[0] >= limit.seconds * self.scale:
            spent.popleft()
        left = limit.allowed - len(spent) - limit.cost
        if left < 0:
            headers = limited(limit.reason, self._wait(limit), limit.allowed)
            raise Refused("Rate limit exceeded.", status=429, headers=headers)
        return left

    def _wait(self, limit: Limit) -> float:
        """Give the seconds until the oldest request no longer counts."""
        oldest = self._spent[limit.what, limit.seconds][0]
        return limit.seconds * self.scale - (monotonic() - oldest)


def limited(reason: str, wait: float, limit: int = 100) -> dict[str, str]:
    """Write the headers of a 429; whole seconds, as Jira does, except for waits that tests have made shorter."""
    shown = f"{wait:.3f}" if 0 < wait < 1 else str(max(0, -int(-wait // 1)))
    return {**counted(limit, 0, float(shown)), "Retry-After": shown, "RateLimit-Reason": reason}


def counted(limit: int, remaining: int, wait: float) -> dict[str, str]:
    """Write the headers that tell how much is left, and when there will be more."""
    reset = datetime.now(UTC) + timedelta(seconds=wait)
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S}.{reset.microsecond // 1000:03d}Z",
    }


def endpoint(path: str) -> str:
    """Give a path without the keys, ids and names in it."""
    named = re.sub(r"/(properties|project|createmeta)/[^/]+", r"/\1/*", path)
    return re.sub(r"(?<!/api)/([A-Z][A-Z0-9_]+-)?\d+(?=/|$)", "/*", named)
