"""What a droid is doing is written down once a second at most, and the newest of it is never lost."""

import pytest

from app.reacting import pulse as beating
from app.reacting.pulse import Pulse
from app.storage.database import Unavailable


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(beating.time, "monotonic", lambda: now[0])
    return now


def test_what_comes_too_soon_is_written_when_it_is_time(clock: list[float]) -> None:
    written: list[tuple[str, str | None]] = []
    pulse = Pulse(lambda step, session: written.append((step, session)))
    pulse.tell("", "s1")
    pulse.tell("Reading\n app/x.py", None)
    pulse.tell("", None)
    pulse.beat()
    assert written == [("", "s1")]
    clock[0] += 1.0
    pulse.beat()
    pulse.beat()
    assert written == [("", "s1"), ("Reading app/x.py", "s1")]


def test_a_sign_of_life_alone_is_one_too(clock: list[float]) -> None:
    written: list[tuple[str, str | None]] = []
    pulse = Pulse(lambda step, session: written.append((step, session)))
    for _ in range(5):
        pulse.tell("", None)
        clock[0] += 1.0
    assert len(written) == 5


def test_a_database_that_is_away_ends_no_work(clock: list[float]) -> None:
    def away(step: str, session: str | None) -> None:
        raise Unavailable("The database cannot serve.")

    Pulse(away).tell("Reading", None)
