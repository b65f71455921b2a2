import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.engine import Engine


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = Engine(database_url, executor="first", concurrency=8)
    yield engine
    engine.stop(grace=5)


def test_a_key_runs_once_however_often_it_is_started(engine: Engine) -> None:
    ran: list[str] = []
    engine.launch(lambda key, turn: ran.append(key))
    for _ in range(3):
        engine.start("k1", partition="p")
    wait_for(lambda: ran == ["k1"])
    engine.start("k1", partition="p")
    engine.start("k2", partition="p")
    wait_for(lambda: "k2" in ran)
    assert ran == ["k1", "k2"]


def test_runs_of_one_partition_keep_the_order_of_their_keys_and_never_overlap(engine: Engine) -> None:
    lock, seen, live, overlaps = threading.Lock(), [], set(), []

    def react(key: str, turn: str) -> None:
        partition = key.rsplit("-", 1)[1]
        with lock:
            if partition in live:
                overlaps.append(key)
            live.add(partition)
            seen.append(key)
        time.sleep(0.01)
        with lock:
            live.discard(partition)

    engine.launch(react)
    keys = [f"{number:012d}-{number % 3}" for number in range(18)]
    for key in keys:
        engine.start(key, partition=key.rsplit("-", 1)[1])
    wait_for(lambda: len(seen) == len(keys))
    assert overlaps == []
    for partition in "012":
        mine = [key for key in seen if key.endswith(partition)]
        assert mine == sorted(mine)


def test_different_partitions_run_at_the_same_time(engine: Engine) -> None:
    both = threading.Barrier(2, timeout=10)
    met: list[str] = []

    def react(key: str, turn: str) -> None:
        both.wait()
        met.append(key)

    engine.launch(react)
    engine.start("a", partition="1")
    engine.start("b", partition="2")
    wait_for(lambda: len(met) == 2)


def test_a_dead_executors_run_is_taken_over_and_goes_on_after_its_remembered_steps(database_url: str) -> None:
    """The first engine stops in the middle of a run; another one takes it over under a new name."""
    did: list[str] = []
    stuck, leave = threading.Event(), threading.Event()
    engine = Engine(database_url, executor="dead", concurrency=2)

    def react(key: str, turn: str) -> None:
        engine.step("one", lambda: did.append("one"))
        stuck.set()
        leave.wait(30)
        engine.step("two", lambda: did.append("two"))

    engine.launch(react)
    engine.start("k", partition="p")
    assert stuck.wait(20)
    engine.stop(grace=0)

    leave.set()
    time.sleep(0.2)
    did_before = list(did)
    engine = Engine(database_url, executor="living", concurrency=2)
    engine.launch(react)
    try:
        assert engine.take_over({"dead", "living"}) == []
        assert engine.take_over({"living"}) == ["k"]
        wait_for(lambda: did.count("two") == 1)
    finally:
        engine.stop(grace=5)
    assert did_before == ["one"]
    assert did == ["one", "two"]


def test_a_schedule_fires_at_its_times(engine: Engine) -> None:
    fired: list[int] = []
    engine.launch(lambda key, turn: None, {"every second": ("* * * * * *", lambda: fired.append(1))})
    wait_for(lambda: len(fired) >= 2, seconds=40)


def test_a_run_that_outlasts_the_grace_does_not_fail_but_goes_on_at_the_next_start(database_url: str) -> None:
    failures: list[Exception] = []
    did: list[str] = []
    stuck, leave, left = threading.Event(), threading.Event(), threading.Event()
    engine = Engine(database_url, executor="stopped", concurrency=2)

    def wait() -> None:
        stuck.set()
        leave.wait(30)

    def react(key: str, turn: str) -> None:
        try:
            engine.step("wait", wait)
            engine.step("go on", lambda: did.append(key))
        except Exception as error:
            failures.append(error)
        finally:
            left.set()

    engine.launch(react)
    engine.start("k", partition="p")
    assert stuck.wait(20)
    engine.stop(grace=0)
    leave.set()
    assert left.wait(20)
    assert (failures, did) == ([], [])

    engine = Engine(database_url, executor="next", concurrency=2)
    engine.launch(react)
    try:
        assert engine.take_over({"next"}) == ["k"]
        wait_for(lambda: did == ["k"])
    finally:
        engine.stop(grace=5)
    assert failures == []
