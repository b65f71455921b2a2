"""The next turn of a run remembers what came before the step it ended in."""

import threading

from app.engine import Engine
from tests.engine.test_engine import engine, wait_for

__all__ = ["engine"]


def test_a_next_turn_remembers_all_but_the_last_step(engine: Engine) -> None:
    did: list[str] = []
    ended: list[tuple[str, list[object]]] = []

    def react(run: str, turn: str) -> None:
        said: list[object] = [engine.step("read", lambda: did.append(f"read in {turn}") or f"read in {turn}")]
        said.append(engine.step("droid", lambda: did.append(f"droid in {turn}") or f"droid in {turn}"))
        if turn != run:
            said.append(engine.step("write", lambda: did.append(f"write in {turn}") or f"write in {turn}"))
        ended.append((run, said))

    engine.launch(react)
    engine.start("1-run", partition="p")
    wait_for(lambda: len(ended) == 1)
    for _ in range(2):
        engine.go_on("1-run", key="2-run", after="1-run", partition="p")
    wait_for(lambda: len(ended) == 2)
    engine.go_on("1-run", key="2-run", after="1-run", partition="p")
    assert ended[1] == ("1-run", ["read in 1-run", "droid in 2-run", "write in 2-run"])
    assert did == ["read in 1-run", "droid in 1-run", "droid in 2-run", "write in 2-run"]


def test_a_turn_whose_engine_forgot_the_one_before_begins_anew(engine: Engine) -> None:
    ran: list[tuple[str, str]] = []
    engine.launch(lambda run, turn: ran.append((run, turn)))
    engine.go_on("1-run", key="2-run", after="1-run", partition="p")
    wait_for(lambda: ran == [("1-run", "2-run")])


def test_replies_do_not_wait_behind_runs_even_of_the_same_issue(engine: Engine) -> None:
    leave, replied = threading.Event(), threading.Event()

    def react(run: str, turn: str) -> None:
        if run.startswith("reply"):
            replied.set()
        else:
            leave.wait(30)

    engine.launch(react)
    for number in range(10):
        engine.start(f"run-{number}", partition="p")
    engine.start("reply-1", partition="p", lane="replies")
    assert replied.wait(20)
    leave.set()
