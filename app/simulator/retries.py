"""When Jira sends a delivery again, and when it gives up."""

import random
from dataclasses import dataclass

#: Statuses after which Jira tries again, besides every 5xx and no answer at all.
TRANSIENT = frozenset({408, 409, 425, 429})


@dataclass(frozen=True)
class Retries:
    """Jira Cloud's rules, their times in seconds and multiplied by `scale`.

    Data Center documents none and follows the same here, so that faults can be tried on it; `times=0` turns them off.
    """

    scale: float = 0.001
    times: int = 5
    shortest: float = 5 * 60.0
    longest: float = 15 * 60.0
    #: After so long of nothing but failures a webhook gets one attempt per delivery until one succeeds.
    patience: float = 30 * 60.0

    def again(self, status: int, *, attempts: int, failing_for: float) -> bool:
        """Say whether to try again after a status, 0 for no answer; `failing_for` is in real seconds."""
        transient = status == 0 or status >= 500 or status in TRANSIENT
        return transient and attempts <= self.times and failing_for < self.patience * self.scale

    def wait(self) -> float:
        """Give the real seconds until the next attempt."""
        return random.uniform(self.shortest, self.longest) * self.scale  # noqa: S311 - nothing secret hangs on it
