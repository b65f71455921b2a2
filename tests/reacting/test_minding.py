"""Runs that wait and work are told of in one comment that is edited in place, and are not forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from app.droids.base import DroidUnstartable, Report, Turn
from app.handler import Context, Router
from app.reacting import minding
from app.reacting.manners import Manners
from app.reacting.minding import Minder
from app.storage import callbacks, projects, runs, tables, telling, turns
from app.storage.database import now
from tests.reacting.conftest import World, routes_of
from tests.reacting.talking import Patient, Talker, answering, ask
from tests.reacting.waiting import eventually

AT_ONCE = Manners(acknowledge_after=0.0)
QUESTION = Report("", "awaiting input", question="Which printer?", session="s1")


def mind(world: World, minder: Minder | None = None) -> None:
    """Let everything that is due be told."""
    minder = minder or world.minder()
    while telling.due(world.db, 1):
        minder._looked = 0.0
        minder.turn()


def decided(world: World, *routers: Router) -> None:
    world.settle()
    world.dispatcher(routes_of(*routers)).turn()


def change(world: World, **values: Any) -> None:
    with world.db.writing() as tx:
        tx.execute(tables.runs.update().values(**values))


def test_who_has_to_wait_is_told_and_the_same_comment_tells_the_end(here: World) -> None:
    here.manners = AT_ONCE
    here.worker_droid = Talker(Report("done", usage={"total_cost_usd": 0.5}))
    key = here.issue()
    ask(here, key)
    decided(here, answering())
    mind(here)
    [seen] = here.said(key)
    assert seen.startswith("**Seen**, and waiting for a free place")
    here.react(answering())
    mind(here)
    told, answer = here.said(key)
    assert told == "**Done** in 0 s, $0.50."
    assert answer.endswith("done")
    [run] = here.runs()
    assert run.status_comment == str(here.site.issues[key].comments[1].id)
    assert run.status_due is None


def test_an_answer_that_comes_soon_needs_no_status_comment(here: World) -> None:
    here.worker_droid = Talker(Report("done"))
    key = here.issue()
    ask(here, key)
    here.react(answering())
    mind(here)
    assert len(here.said(key)) == 1


def test_a_handler_that_nobody_turned_to_is_not_acknowledged(cloud: World) -> None:
    cloud.manners = AT_ONCE
    router = Router()

    @router.on("jira:issue_created")
    def note(ctx: Context) -> None:
        ctx.jira.label("seen")

    key = cloud.issue()
    decided(cloud, router)
    mind(cloud)
    cloud.react(router)
    mind(cloud)
    assert cloud.said(key) == []


def test_what_the_droid_does_is_told_while_it_works(stored: World) -> None:
    """With real threads: the comment comes while the droid works, says what it does, and ends as what became of it."""
    stored.manners = AT_ONCE

    class Telling(Patient):
        def run(self, prompt: str, *, turn: Turn, **more: Any) -> Report:
            turn.tell("Reading\n app/x.py", "s1")
            return super().run(prompt, turn=turn, **more)

    stored.worker_droid = droid = Telling()
    key = stored.issue()
    with stored.working(answering()):
        ask(stored, key)
        eventually(lambda: stored.said(key))
        change(stored, status_due=1)
        eventually(lambda: "Reading app/x.py" in stored.said(key)[0])
        assert stored.runs()[0].session == "s1"
        droid.leave.set()
        stored.done()
        eventually(lambda: stored.said(key)[0].startswith("**Done**"))
    assert len(stored.said(key)) == 2


def test_edits_keep_their_distance_and_become_rarer(cloud: World) -> None:
    cloud.manners = Manners(acknowledge_after=0.0, progress=15.0)
    ask(cloud, cloud.issue())
    decided(cloud, answering())
    minder = cloud.minder()

    def wait(elapsed: int) -> int:
        [run] = cloud.runs()
        change(cloud, state="active", started_at=run.created_at - elapsed, status_due=1)
        mind(cloud, minder)
        [run] = cloud.runs()
        assert run.status_due
        assert run.status_at
        return (run.status_due - run.status_at) // 1000

    assert wait(1_000) == 15
    assert 60 <= wait(600_000) <= 61
    assert wait(86_400_000) == 300


def test_a_question_and_its_answer_are_told_too(cloud: World) -> None:
    cloud.manners = AT_ONCE
    cloud.worker_droid = Talker(QUESTION, Report("done"))
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    mind(cloud)
    cloud.react(answering())
    mind(cloud)
    assert cloud.said(key)[0] == "**Waiting for an answer** to my question."
    ask(cloud, key, "the left one")
    decided(cloud, answering())
    mind(cloud)
    assert cloud.said(key)[0] == "**Going on** with the answer."
    cloud.react(answering())
    mind(cloud)
    assert cloud.said(key)[0].startswith("**Done**")


def test_the_status_comment_is_no_part_of_the_conversation(cloud: World) -> None:
    cloud.manners = AT_ONCE
    droid = cloud.worker_droid = Talker(Report("done"))
    ask(cloud, cloud.issue())
    decided(cloud, answering())
    mind(cloud)
    cloud.react(answering())
    assert "**Seen**" not in droid.asked[0]["prompt"]


def test_only_those_who_saw_the_question_see_the_status(cloud: World) -> None:
    cloud.manners = AT_ONCE
    key = cloud.issue()
    visibility = {"type": "role", "value": "Administrators"}
    ask(cloud, key, visibility=visibility)
    decided(cloud, answering())
    mind(cloud)
    assert cloud.site.issues[key].comments[-1].visibility == visibility


def moved(world: World, key: str) -> None:
    world.site.move_to_project(key, "SECRET", by=world.ada)


def revoked(world: World, key: str) -> None:
    projects.revoke(world.db, world.connection.id, "OPS")


def deleted(world: World, key: str) -> None:
    world.site.delete_issue(key, by=world.ada)


@pytest.mark.parametrize("gone", [moved, revoked, deleted])
def test_where_it_may_not_speak_nothing_is_told(cloud: World, gone: Callable[[World, str], None]) -> None:
    cloud.manners = AT_ONCE
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    gone(cloud, key)
    issues = cloud.site.issues
    comments = sum(len(issue.comments) for issue in issues.values())
    mind(cloud)
    assert sum(len(issue.comments) for issue in issues.values()) == comments


def test_a_jira_that_is_away_is_told_later(cloud: World) -> None:
    cloud.manners = AT_ONCE
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    cloud.running.trouble.answer(503, times=50, method="POST")
    mind(cloud)
    assert cloud.said(key) == []
    [run] = cloud.runs()
    assert run.status_due
    cloud.running.trouble.calm()
    change(cloud, status_due=1)
    mind(cloud)
    assert len(cloud.said(key)) == 1


def test_a_mistake_of_ours_is_not_made_four_times_a_second(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.manners = AT_ONCE
    ask(cloud, cloud.issue())
    decided(cloud, answering())

    def mistaken(*_: Any, **__: Any) -> str:
        raise KeyError("mistake")

    with monkeypatch.context() as patched:
        patched.setattr(minding, "standing", mistaken)
        mind(cloud)
    [run] = cloud.runs()
    assert run.status_due
    assert run.status_due - now() > 200_000


def test_a_status_comment_whose_answer_was_lost_is_found_again(cloud: World) -> None:
    cloud.manners = AT_ONCE
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    cloud.running.trouble.answer(503, times=5, method="POST", path="/comment$", executed=True)
    mind(cloud)
    cloud.running.trouble.calm()
    cloud.worker_droid = Talker(Report("done"))
    cloud.react(answering())
    change(cloud, status_due=1)
    mind(cloud)
    told, _ = cloud.said(key)
    assert told.startswith("**Done**")


def test_a_status_comment_that_somebody_deleted_stays_so(cloud: World) -> None:
    cloud.manners = AT_ONCE
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    mind(cloud)
    cloud.site.delete_comment(key, cloud.site.issues[key].comments[-1].id, by=cloud.ada)
    cloud.worker_droid = Talker(Report("done"))
    cloud.react(answering())
    mind(cloud)
    assert len(cloud.said(key)) == 1


def test_a_run_without_a_sign_of_life_is_stale_until_there_is_one(cloud: World) -> None:
    cloud.manners = Manners(acknowledge_after=0.0, stale_after=60.0)
    key = cloud.issue()
    ask(cloud, key)
    decided(cloud, answering())
    [run] = cloud.runs()
    change(cloud, state="active", droid="worker", seen_at=run.created_at - 61_000)
    minder = cloud.minder()
    minder.turn()
    assert cloud.runs()[0].state == "stale"
    mind(cloud, minder)
    assert cloud.said(key)[0].startswith("**No sign of life** for 1 min")
    turns.heard(cloud.db, run.id, "Awake again", None)
    change(cloud, status_due=1)
    mind(cloud, minder)
    assert cloud.runs()[0].state == "active"
    assert cloud.said(key)[0].endswith("Awake again")


def handed_over(world: World) -> tuple[str, Talker]:
    """Let a run begin whose droid works elsewhere."""
    droid = world.worker_droid = Talker(Report("", "working", session="s1"))
    key = world.issue()
    ask(world, key)
    [run] = world.react(answering())
    assert (run.state, run.remote_until is not None) == ("active", True)
    return key, droid


def look(world: World) -> None:
    minder = world.minder()
    minder.turn()
    minder._writers.shutdown(wait=True)


def test_a_droid_elsewhere_tells_its_end_and_the_run_goes_on(here: World) -> None:
    key, droid = handed_over(here)
    [run] = here.runs()
    assert callbacks.keep(here.db, "msg_1", run.id, 0, {"text": "It was the cable.", "state": "complete"})
    look(here)
    [run] = here.react(answering())
    assert (run.state, run.turn, run.remote_until) == ("complete", 1, None)
    assert here.said(key)[-1].endswith("It was the cable.")
    assert len(droid.asked) == 1
    assert droid.cancelled == []
    assert callbacks.untaken(here.db, 5) == []


def test_a_droid_elsewhere_that_asks_is_asked_back_in_its_session(cloud: World) -> None:
    key, droid = handed_over(cloud)
    [run] = cloud.runs()
    told = {"text": "", "state": "awaiting input", "question": "Which one?", "session": "s1"}
    callbacks.keep(cloud.db, "msg_1", run.id, 0, told)
    look(cloud)
    assert cloud.react(answering())[0].state == "awaiting input"
    droid.reports.append(Report("Done then."))
    ask(cloud, key, "the left one")
    assert cloud.react(answering())[0].state == "complete"
    assert (droid.asked[1]["session"], droid.asked[1]["turn"].question) == ("s1", "Which one?")


def test_a_droid_elsewhere_that_tells_no_end_in_time_has_failed_and_is_told_so(cloud: World) -> None:
    key, droid = handed_over(cloud)
    change(cloud, remote_until=1)
    look(cloud)
    [run] = cloud.react(answering())
    assert run.state == "failed"
    assert "It did not tell an end in time." in cloud.said(key)[-1]
    assert droid.cancelled == [f"{run.id}/0"]


def test_a_droid_elsewhere_learns_that_its_run_was_stopped(cloud: World) -> None:
    key, droid = handed_over(cloud)
    ask(cloud, key, "stop")
    run = cloud.react(answering())[0]
    look(cloud)
    look(cloud)
    assert (run.state, droid.cancelled) == ("stopped", [f"{run.id}/0"])


@pytest.mark.parametrize("turn", [0, 7])
def test_an_end_that_comes_too_late_changes_nothing(cloud: World, turn: int) -> None:
    cloud.worker_droid = Talker(Report("done"))
    key = cloud.issue()
    ask(cloud, key)
    [run] = cloud.react(answering())
    callbacks.keep(cloud.db, "msg_1", run.id, turn, {"text": "late", "state": "complete"})
    callbacks.keep(cloud.db, "msg_2", "nobody", 0, {"text": "late", "state": "complete"})
    look(cloud)
    cloud.react(answering())
    assert callbacks.untaken(cloud.db, 5) == []
    assert len(cloud.said(key)) == 1


def test_an_end_told_before_the_turn_was_handed_over_waits_for_that(cloud: World) -> None:
    ask(cloud, cloud.issue())
    decided(cloud, answering())
    [run] = cloud.runs()
    assert runs.begin(cloud.db, run.id, run.id)
    callbacks.keep(cloud.db, "msg_1", run.id, 0, {"text": "quick", "state": "complete"})
    look(cloud)
    assert cloud.runs()[0].turn == 0
    assert turns.hand_over(cloud.db, run, 1, None, run.created_at * 2)
    look(cloud)
    assert cloud.runs()[0].turn == 1


def test_a_task_that_nobody_takes_is_offered_again_as_the_same_turn_and_holds_no_place(here: World) -> None:
    away = [DroidUnstartable("It answered 503.", "Wait.") for _ in range(2)]
    droid = here.worker_droid = Talker(*away, Report("It was the cable."))
    key = here.issue()
    ask(here, key)
    for offers in (1, 2):
        [run] = here.react(answering())
        assert (run.state, run.turn, turns.offers(run)) == ("active", 0, offers)
        assert run.remote_until
        assert run.remote_until > now()
        change(here, remote_until=1)
        look(here)
    [run] = here.react(answering())
    assert (run.state, run.turn) == ("complete", 0)
    assert here.said(key)[-1].endswith("It was the cable.")
    assert {asked["turn"].key for asked in droid.asked} == {f"{run.id}/0"}
    assert droid.cancelled == []


def test_a_task_that_nobody_ever_takes_fails_with_the_last_reason(cloud: World) -> None:
    cloud.worker_droid = Talker(*(DroidUnstartable("It answered 503.", "Wait.") for _ in range(20)))
    key = cloud.issue()
    ask(cloud, key)
    for _ in range(20):
        [run] = cloud.react(answering())
        if run.state == "failed":
            break
        change(cloud, remote_until=1)
        look(cloud)
    assert turns.offers(run) == 8
    assert "It answered 503." in cloud.said(key)[-1]


def test_an_answer_is_not_lost_while_nobody_takes_it(cloud: World) -> None:
    droid = cloud.worker_droid = Talker(QUESTION, DroidUnstartable("It answered 503."), Report("done"))
    key = cloud.issue()
    ask(cloud, key)
    cloud.react(answering())
    ask(cloud, key, "the left one")
    cloud.react(answering())
    change(cloud, remote_until=1)
    look(cloud)
    assert cloud.react(answering())[0].state == "complete"
    assert [asked["turn"].answer for asked in droid.asked] == ["", "the left one", "the left one"]
