import pytest

from app.engine import Patience


class FlakyError(Exception):
    transient = True
    retry_after = 0.0


class Flaky:
    def __init__(self, failures: int, error: Exception) -> None:
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "done"


QUICK = Patience(first=0.001, longest=0.002, total=0.2)


def test_what_is_worth_it_is_tried_until_it_succeeds() -> None:
    flaky = Flaky(3, FlakyError())
    assert QUICK.keep_trying(flaky) == "done"
    assert flaky.calls == 4


def test_what_fails_for_good_is_tried_once() -> None:
    flaky = Flaky(3, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        QUICK.keep_trying(flaky)
    assert flaky.calls == 1


def test_patience_ends_with_the_last_error() -> None:
    flaky = Flaky(10**6, FlakyError())
    with pytest.raises(FlakyError):
        QUICK.keep_trying(flaky)
    assert flaky.calls > 2


def test_a_wait_that_was_asked_for_is_obeyed() -> None:
    error = FlakyError()
    error.retry_after = 10.0
    flaky = Flaky(1, error)
    with pytest.raises(FlakyError):
        Patience(first=0.001, longest=0.002, total=0.0).keep_trying(flaky)
    assert flaky.calls == 1
