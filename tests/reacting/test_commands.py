"""What people tell the droid in a comment is done at once, whatever else is at work."""

from dataclasses import replace

import pytest

from app.droids.base import Report
from app.handler import Context, Router
from app.storage import deliveries
from tests.reacting.conftest import World, routes_of
from tests.reacting.talking import Patient, Talker, answering, ask
from tests.reacting.waiting import eventually

QUESTION = Report("", "awaiting input", question="Which printer?")


def test_stop_ends_what_is_at_work_and_says_so(here: World) -> None:
    here.worker_droid = droid = Patient()
    key = here.issue()
    with here.working(answering()):
        ask(here, key)
        assert droid.begun.wait(30)
        ask(here, key, "stop")
        here.done()
    run, stop = here.runs()
    assert (run.state, run.reason, stop.state) == ("stopped", "Ada said stop.", "complete")
    [said] = here.said(key)
    assert "Stopped: answer, at work for" in said


def test_a_stop_does_not_wait_for_a_free_place(cloud: World) -> None:
    """Eight runs work at the same time, and the issue's own partition is taken as well."""
    droid = cloud.worker_droid = Patient()
    keys = [cloud.issue() for _ in range(9)]
    with cloud.working(answering()):
        for key in keys:
            ask(cloud, key)
        assert droid.begun.wait(30)
        eventually(lambda: [run.state for run in cloud.runs()].count("active") == 8)
        [waits] = [run for run in cloud.runs() if run.state == "pending"]
        ask(cloud, waits.issue_key, "stop")
        eventually(lambda: "stopped" in [run.state for run in cloud.runs() if run.id == waits.id])
        eventually(lambda: cloud.said(waits.issue_key))
        assert not droid.leave.is_set()
        droid.leave.set()
        cloud.done()
    assert "before it began" in cloud.said(waits.issue_key)[0]


def test_stop_ends_a_run_that_waits_for_an_answer(cloud: World) -> None:
    cloud.worker_droid = Talker(QUESTION)
    key = cloud.issue()
    ask(cloud, key)
    cloud.react(answering())
    ask(cloud, key, "stop")
    assert [run.state for run in cloud.react(answering())] == ["stopped", "complete"]


def test_with_nothing_to_stop_it_says_so_and_a_wish_that_begins_alike_is_one(cloud: World) -> None:
    droid = cloud.worker_droid = Talker(Report("I shall."))
    key = cloud.issue()
    ask(cloud, key, "Stop!")
    cloud.react(answering())
    assert cloud.said(key)[0].endswith("There is nothing to stop on this issue.")
    ask(cloud, key, "stop using tabs")
    cloud.react(answering())
    assert cloud.said(key)[1].endswith("I shall.")
    assert len(droid.asked) == 1


def test_retry_does_the_last_thing_again(here: World) -> None:
    here.worker_droid = droid = Talker(Report("", "failed", reason="No model."), Report("done"))
    key = here.issue()
    ask(here, key)
    here.react(answering())
    ask(here, key, "retry")
    here.react(answering())
    assert sorted((run.route, run.state) for run in here.runs()) == [
        ("command:retry", "complete"),
        ("talking.answer", "complete"),
        ("talking.answer", "failed"),
    ]
    assert here.said(key)[-1].endswith("done")
    assert len(droid.asked) == 2


def test_retry_with_nothing_to_do_again_says_so(cloud: World) -> None:
    key = cloud.issue()
    ask(cloud, key, "retry")
    cloud.react(answering())
    assert cloud.said(key)[0].endswith("I did nothing on this issue yet.")


def test_status_tells_what_lives_and_what_was_last(cloud: World) -> None:
    cloud.worker_droid = Talker(Report("done", usage={"total_cost_usd": 0.25}), QUESTION)
    key = cloud.issue()
    for text in ("one", "two", "status"):
        ask(cloud, key, text)
        cloud.react(answering())
    said = cloud.said(key)[-1]
    assert "answer: **Waiting for an answer** to my question." in said
    assert "Before that, answer: **Done** in 0 s, $0.25." in said


def test_help_lists_every_command_and_the_words_of_the_settings(cloud: World) -> None:
    cloud.manners = replace(cloud.manners, words={"halt": "stop"})
    key = cloud.issue()
    ask(cloud, key, "help")
    cloud.react(answering())
    [said] = cloud.said(key)
    for word in ("**stop** or **halt** ends", "**retry**", "**plan**", "**status**", "**help**"):
        assert word in said


def test_other_words_mean_the_same_by_settings(cloud: World) -> None:
    cloud.manners = replace(cloud.manners, words={"halt": "stop"})
    key = cloud.issue()
    ask(cloud, key, "Halt")
    cloud.react(answering())
    assert cloud.said(key)[0].endswith("There is nothing to stop on this issue.")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("plan", "plan"),
        ("Plan the migration, please", "plan"),
        ("status of the build?", ""),
        ("what a plan!", ""),
        ("helpful", ""),
    ],
)
def test_a_handler_learns_which_command_it_was(cloud: World, text: str, command: str) -> None:
    router, seen = Router(), []

    @router.on("comment_created", mention=True)
    def look(ctx: Context) -> None:
        seen.append(ctx.command)

    ask(cloud, cloud.issue(), text)
    cloud.react(router)
    assert seen == [command]


def test_a_command_where_it_is_not_authorized_gets_silence(cloud: World) -> None:
    key = cloud.issue("SECRET")
    ask(cloud, key, "help")
    cloud.react(answering())
    assert cloud.said(key) == []
    assert cloud.decisions("comment_created") == ["refused"]


def test_a_command_told_twice_is_carried_out_once(here: World) -> None:
    key = here.issue()
    ask(here, key, "help")
    here.settle()
    told = deliveries.latest(here.db, 1)[0]
    here.react(answering())
    deliveries.keep(
        here.db, connection_id=here.connection.id, key="again", headers="{}", body=told.body, event=told.event
    )
    here.react(answering())
    assert len(here.said(key)) == 1
    assert here.decisions()[-1] == "duplicate"


def test_two_programs_that_talk_to_each_other_are_cut_off(cloud: World) -> None:
    from app.reacting.guards import Bounds

    key = cloud.issue()
    for _ in range(4):
        ask(cloud, key, "help")
        cloud.react(answering(), bounds=Bounds(runs_per_issue=3, hops=50))
    assert len(cloud.said(key)) == 3
    assert cloud.decisions("comment_created")[-1] == "ignored"


def test_commands_live_in_a_lane_of_their_own(cloud: World) -> None:
    ask(cloud, cloud.issue(), "help")
    cloud.settle()
    cloud.dispatcher(routes_of(answering())).turn()
    assert [lane for *_, lane in cloud.engine.started] == ["replies"]
