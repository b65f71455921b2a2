"""Faults on request: what a network, a busy Jira and its webhooks do wrong, switched on for tests and demos."""

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import sleep

from app.simulator.limits import Limits, limited
from app.simulator.refused import Refused

#: Why Jira says 429: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/.
REASONS = ("jira-quota-global-based", "jira-quota-tenant-based", "jira-burst-based", "jira-per-issue-on-write")


@dataclass
class Fault:
    """An answer to give instead of the right one; `executed` does what was asked first and then fails."""

    status: int
    times: int
    method: str
    path: re.Pattern[str]
    executed: bool
    probability: float
    headers: dict[str, str]

    def concerns(self, method: str, path: str) -> bool:
        """Say whether it is for this request."""
        return self.times > 0 and self.method in ("", method) and bool(self.path.search(path))


@dataclass
class Trouble:
    """Everything that can go wrong; nothing does until it is asked for."""

    #: Seconds every answer of the REST API takes longer.
    latency: float = 0.0
    #: Cloud's rate limits.
    limits: Limits = field(default_factory=Limits)
    #: Seconds between what a write does and its answer.
    lag: float = 0.0
    #: How many more times each webhook delivery is sent although it was received.
    duplicates: int = 0
    #: Seconds within which deliveries of one issue may overtake each other; 0 keeps their order.
    disorder: float = 0.0
    #: Says of a delivery's event and issue key whether it is lost before it is ever sent.
    loses: Callable[[str, str], bool] = lambda event, key: False
    #: Decides faults that happen by chance; the same seed makes the same run of them.
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - it is to be repeatable
    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(
        self,
        status: int,
        *,
        times: int = 1,
        method: str = "",
        path: str = "",
        executed: bool = False,
        probability: float = 1.0,
        reason: str = "jira-burst-based",
        retry_after: float | None = None,
    ) -> None:
        """Answer the next requests with an error; `path` is a regular expression searched in their path.

        With a `probability` each request is drawn for, until `times` have been answered. A 429 carries Jira's headers
        with `reason`; `retry_after` is in seconds and 1 for a 429 unless given.
        """
        headers = limited(reason, 1 if retry_after is None else retry_after) if status == 429 else {}
        if status != 429 and retry_after is not None:
            headers = {"Retry-After": str(retry_after)}
        with self._lock:
            self._faults.append(Fault(status, times, method, re.compile(path), executed, probability, headers))

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

    def shuffle(self) -> float:
        """Give the seconds a delivery waits so that it may come out of order."""
        return random.uniform(0, self.disorder)  # noqa: S311 - nothing secret hangs on it

    def _strike(self, method: str, path: str, *, executed: bool) -> None:
        with self._lock:
            faults = (fault for fault in self._faults if fault.executed is executed and fault.concerns(method, path))
            fault = next((fault for fault in faults if self.chance.random() < fault.probability), None)
            if fault is None:
                return
            fault.times -= 1
        message = "Rate limit exceeded." if fault.status == 429 else "The service is in trouble, as asked for."
        raise Refused(message, status=fault.status, headers=fault.headers)
