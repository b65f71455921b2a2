"""A droid is asked with the issue and its conversation, and its failure is an error of the handler's."""

import json
from typing import Any

import pytest

from app.droids.base import UNWATCHED, Autonomy, DroidUnstartable, Report, Turn
from app.events.event import Issue
from app.handler import Context, Router
from app.reacting.colleague import DroidFailed
from tests.reacting.conftest import World


class Scripted:
    """A droid that says what a test wants and remembers what it was asked."""

    def __init__(self, *reports: Report | Exception) -> None:
        self.reports = list(reports)
        self.asked: list[dict[str, Any]] = []

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        session: str | None = None,
        autonomy: Autonomy = "none",
        timeout: float,
        turn: Turn = UNWATCHED,
    ) -> Report:
        self.asked.append(
            {"prompt": prompt, "session": session, "autonomy": autonomy, "timeout": timeout, "turn": turn}
        )
        said = self.reports.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


def asking(**options: Any) -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def ask(ctx: Context) -> None:
        ctx.jira.comment(ctx.droid.run("Say something.", about=ctx.issue, **options).text)

    return router


def test_the_droid_is_told_the_issue_and_its_conversation_as_data(here: World) -> None:
    droid = here.worker_droid = Scripted(Report("hello"))
    key = here.issue(description="It burns.")
    here.site.add_comment(key, "Where?", by=here.ada)
    here.react(asking())
    [asked] = droid.asked
    instruction, _, data = asked["prompt"].partition("begin of issue data")
    assert instruction.startswith("Say something.")
    assert "> It burns." in data
    assert "Comment 1 of 1, by Ada:\n> Where?" in data
    assert (asked["session"], asked["autonomy"], asked["timeout"]) == (None, "high", 20.0)
    assert here.said(key) == ["hello"]


def test_session_autonomy_and_timeout_are_passed_on(cloud: World) -> None:
    droid = cloud.worker_droid = Scripted(Report("hello"))
    cloud.issue()
    cloud.react(asking(session="s1", autonomy="low", timeout=3.0))
    assert (droid.asked[0]["session"], droid.asked[0]["autonomy"], droid.asked[0]["timeout"]) == ("s1", "low", 3.0)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        pytest.param(
            Report("", "failed", reason="It ended with exit code 3."), "It ended with exit code 3.", id="failed"
        ),
        pytest.param(Report("so far", "stopped", reason="It was told to stop."), "The droid stopped", id="stopped"),
        pytest.param(Report("", "failed"), "The droid failed: it gave no reason", id="without a reason"),
    ],
)
def test_a_droid_that_failed_is_said_in_jira_once(here: World, report: Report, words: str) -> None:
    here.worker_droid = Scripted(report)
    key = here.issue()
    [run] = here.react(asking())
    assert run.state == "failed"
    assert words in run.reason
    [said] = here.said(key)
    assert words in said


def test_a_handler_may_make_something_of_a_failed_droids_words(cloud: World) -> None:
    cloud.worker_droid = Scripted(Report("as far as I came", "failed", reason="time is up"))
    router = Router()

    @router.on("jira:issue_created")
    def ask(ctx: Context) -> None:
        try:
            ctx.droid.run("Say something.", about=ctx.issue)
        except DroidFailed as failed:
            ctx.jira.comment(failed.report.text if failed.report else "")

    key = cloud.issue()
    [run] = cloud.react(router)
    assert (run.state, cloud.said(key)) == ("complete", ["as far as I came"])


def test_a_machine_without_room_for_a_droid_is_given_a_moment(cloud: World) -> None:
    cloud.worker_droid = Scripted(DroidUnstartable("No room.", "Wait."), Report("hello"))
    key = cloud.issue()
    [run] = cloud.react(asking())
    assert (run.state, cloud.said(key)) == ("complete", ["hello"])


def test_an_answer_is_asked_for_in_the_form_of_a_schema_and_read_as_data(cloud: World) -> None:
    droid = cloud.worker_droid = Scripted(Report('Here: {"priority": "High"}'))
    schema = {"type": "object", "properties": {"priority": {"type": "string"}}}
    router, read = Router(), []

    @router.on("jira:issue_created")
    def judge(ctx: Context) -> None:
        read.append(ctx.droid.run("Judge.", about=ctx.issue, schema=schema).data)

    cloud.issue()
    cloud.react(router)
    assert read == [{"priority": "High"}]
    assert f"fits this schema, and nothing else:\n{json.dumps(schema)}" in droid.asked[0]["prompt"]
    assert droid.asked[0]["turn"].schema == schema


def test_a_droid_goes_no_further_than_the_settings_allow(cloud: World) -> None:
    droid = cloud.worker_droid = Scripted(Report("hello"), Report("hello"))
    cloud.autonomy = "low"
    cloud.issue()
    cloud.react(asking(autonomy="high"))
    cloud.issue()
    cloud.react(asking(autonomy="none"))
    assert [asked["autonomy"] for asked in droid.asked] == ["low", "none"]


def test_a_droid_is_named_and_a_wrong_name_answered_with_the_nearest(cloud: World) -> None:
    cloud.worker_droid = Scripted()
    key, other = cloud.issue(), cloud.issue()
    cloud.react(asking(droid="echo"))
    assert all(said.startswith("I am the echo droid.") for said in (*cloud.said(key), *cloud.said(other)))
    wrong = cloud.issue()
    assert cloud.react(asking(droid="ecco"))[-1].state == "failed"
    assert "There is no droid ecco here. Did you mean echo?" in cloud.said(wrong)[0]
