"""How long and how often to try again what is worth it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Waits that double from `first` up to `longest` seconds, with jitter, until `total` seconds have passed."""

    first: float = 1.0
    longest: float = 60.0
    total: float = 900.0

    def keep_trying(self, do: Callable[[], T]) -> T:
        """Do something until it succeeds, fails for good, or patience ends; then raise its last error.

        Worth another try is an error whose `transient` attribute is true; its `retry_after` seconds are obeyed.
        """
        spread = wait_random_exponential(multiplier=self.first, max=self.longest)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(spread(state), getattr(error, "retry_after", None) or 0.0)

        again = Retrying(
            retry=retry_if_exception(lambda error: bool(getattr(error, "transient", False))),
            wait=wait,
            stop=stop_after_delay(self.total),
            reraise=True,
        )
        return again(do)
