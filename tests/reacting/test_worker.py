"""The process that decides and reacts, with the real engine under it."""

import threading
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.handler import Context, Router
from app.reacting import worker as working
from app.reacting.worker import Silenced, Worker, executor_name
from app.routing.loading import load
from app.storage import workers
from app.storage.database import Database, Unavailable
from app.storage.leading import Leadership
from tests.reacting.conftest import World
from tests.reacting.waiting import eventually

HANDLERS = Path(__file__).parents[2] / "handlers"


def shipped() -> Router:
    """The handlers that ship, as a router."""
    router = Router()
    router.routes = load([HANDLERS])
    return router


def test_a_mention_is_answered(here: World) -> None:
    key = here.issue()
    with here.working(shipped()):
        here.site.add_comment(key, f"{here.mention()} what now?", by=here.ada)
        here.done()
    [said] = here.said(key)
    assert said.startswith(f"[~accountid:{here.ada.id}] I am the echo droid." if here.cloud else "[~ada] I am the echo")
    assert [run.state for run in here.runs()] == ["complete"]


def test_an_assigned_issue_is_worked_on_and_handed_over(here: World) -> None:
    key = here.issue()
    with here.working(shipped()):
        here.site.assign(key, here.droid, by=here.ada)
        here.done()
    issue = here.site.issues[key]
    moves = [i.to_string for h in issue.histories for i in h.items if i.field == "status"]
    assert moves == ["In Progress", "In Review"]
    assert len(here.said(key)) == 1
    assert {run.state for run in here.runs()} == {"complete"}


def test_an_issue_created_in_the_droids_hands_is_worked_on(cloud: World) -> None:
    with cloud.working(shipped()):
        key = cloud.issue(assignee=cloud.droid)
        cloud.done()
    assert cloud.site.issues[key].status.name == "In Review"


def test_a_workflow_without_a_review_status_keeps_the_issue_in_progress(cloud: World) -> None:
    from app.simulator.workflow import IN_PROGRESS, TO_DO, Transition, Workflow

    short = Workflow(TO_DO, (Transition("1", "Start", IN_PROGRESS),))
    cloud.site.projects["OPS"] = cloud.site.add_project("OPS", "Operations", workflow=short)
    with cloud.working(shipped()):
        key = cloud.issue(assignee=cloud.droid)
        cloud.done()
    assert cloud.site.issues[key].status.name == "In Progress"
    assert [run.state for run in cloud.runs()] == ["complete"]


def test_routes_of_one_delivery_run_one_after_the_other_and_none_silences_another(cloud: World) -> None:
    router, order = Router(), []

    @router.on("jira:issue_created")
    def first(ctx: Context) -> None:
        order.append("first")
        ctx.jira.comment("one")

    @router.on("jira:issue_created")
    def second(ctx: Context) -> None:
        order.append("second")
        raise ValueError

    @router.on("jira:issue_created")
    def third(ctx: Context) -> None:
        order.append("third")
        ctx.jira.comment("three")

    key = cloud.issue()
    with cloud.working(router):
        cloud.done()
    assert order == ["first", "second", "third"]
    one, apology, three = cloud.said(key)
    assert (one, three) == ("one", "three")
    assert "ValueError" in apology


def test_runs_of_one_issue_keep_the_order_of_what_happened_and_never_overlap(stored: World) -> None:
    router, running, overlaps = Router(), set(), []

    @router.on("comment_created")
    def repeat(ctx: Context) -> None:
        overlaps.append(ctx.issue.key in running)
        running.add(ctx.issue.key)
        ctx.jira.comment(f"heard {ctx.comment.body}")
        running.discard(ctx.issue.key)

    keys = [stored.issue() for _ in range(2)]
    with stored.working(router):
        for number in range(4):
            for key in keys:
                stored.site.add_comment(key, str(number), by=stored.ada)
        stored.done()
    for key in keys:
        assert stored.said(key) == [f"heard {number}" for number in range(4)]
    assert overlaps == [False] * 8


def test_a_worker_that_ends_in_the_middle_of_a_run_leaves_it_to_the_next(stored: World) -> None:
    """What was written is not written again, and being interrupted is no failure."""
    router, reached, go = Router(), threading.Event(), threading.Event()

    @router.on("jira:issue_created")
    def work(ctx: Context) -> None:
        ctx.jira.comment("before")
        reached.set()
        go.wait(20)
        ctx.jira.comment("after")

    key = stored.issue()
    with stored.working(router):
        assert reached.wait(20)
    assert [run.state for run in stored.runs()] == ["active"]
    go.set()
    with stored.working(router):
        stored.done()
    assert stored.said(key) == ["before", "after"]
    assert [run.state for run in stored.runs()] == ["complete"]


def test_a_living_worker_is_heard_of_and_an_ended_one_is_not(stored: World) -> None:
    with stored.working():
        eventually(lambda: workers.alive(stored.db, 60_000))
    assert workers.alive(stored.db, 60_000) == frozenset()


def test_executors_never_share_a_name() -> None:
    assert executor_name() != executor_name()


class Broken:
    """A dispatcher that fails at first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.turns = 0

    def turn(self) -> bool:
        self.turns += 1
        if self.errors:
            raise self.errors.pop(0)
        return False


def start(db: Database, dispatcher: Any) -> tuple[Worker, threading.Thread, list[BaseException]]:
    raised: list[BaseException] = []
    worker = Worker(db, Engine(db.url, executor=executor_name(), concurrency=2), dispatcher, lambda run: None)

    def run() -> None:
        try:
            worker.run(0)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return worker, thread, raised


def test_a_turn_that_fails_is_followed_by_the_next(plain: Database) -> None:
    dispatcher = Broken(Unavailable("away"), RuntimeError("oh"))
    worker, thread, raised = start(plain, dispatcher)
    eventually(lambda: dispatcher.turns > 3)
    worker.stop()
    thread.join()
    assert raised == []


def test_a_second_worker_on_sqlite_waits_for_the_first_ones_end(plain: Database) -> None:
    leader = Leadership(plain)
    assert leader.held()
    dispatcher = Broken()
    worker, thread, raised = start(plain, dispatcher)
    eventually(thread.is_alive)
    assert workers.alive(plain, 60_000) == frozenset()
    leader.release()
    eventually(lambda: dispatcher.turns)
    worker.stop()
    thread.join()
    assert raised == []


def test_a_waiting_worker_can_be_stopped(plain: Database) -> None:
    leader = Leadership(plain)
    assert leader.held()
    worker, thread, raised = start(plain, Broken())
    worker.stop()
    thread.join()
    leader.release()
    assert raised == []


def test_a_worker_whose_heart_is_not_heard_ends_itself(plain: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may have taken over its runs by then."""
    monkeypatch.setattr(working, "_BEAT_SECONDS", 0.05)
    monkeypatch.setattr(working, "_DEAD_SECONDS", 0.5)
    dispatcher = Broken()
    real, heard = workers.beat, iter([True, True])

    def beat(db: Database, executor: str) -> None:
        if not next(heard, False):
            raise Unavailable("The database cannot serve.", "Wait.")
        real(db, executor)

    monkeypatch.setattr(workers, "beat", beat)
    _, thread, raised = start(plain, dispatcher)
    thread.join(20)
    [error] = raised
    assert isinstance(error, Silenced)
    assert "JIRA_REACTOR_DATABASE_URL" in error.cure
    assert workers.alive(plain, 60_000) == frozenset()
