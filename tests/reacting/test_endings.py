"""Whatever a run hangs on may be taken away; then it ends, and says so where it may."""

from typing import Any

import pytest

from app.droids.base import Report
from app.handler import Context, Router
from tests.reacting.conftest import World
from tests.reacting.talking import Talker

QUESTION = Report("", "awaiting input", question="Which printer?")


def waiting(*events: str, **conditions: Any) -> Router:
    router = Router()

    @router.on(*(events or ("jira:issue_updated", "jira:issue_created")), **conditions)
    def work(ctx: Context) -> None:
        ctx.droid.run("Work.", about=ctx.issue)

    return router


def begun(world: World, **fields: Any) -> str:
    """Let a run begin that asks something and waits."""
    world.worker_droid = Talker(QUESTION)
    return world.issue(**fields)


def test_taking_the_issue_from_the_droid_ends_its_run(here: World) -> None:
    router = waiting(assigned_to_droid=True)
    key = begun(here, assignee=here.droid)
    assert here.react(router)[0].state == "awaiting input"
    here.site.assign(key, here.ada, by=here.ada)
    [run] = here.react(router)
    assert (run.state, run.reason) == ("stopped", "Ada took the issue from me.")


def test_removing_the_label_ends_the_run_it_began(here: World) -> None:
    router = waiting(label_added="droid")
    key = begun(here)
    here.site.set_labels(key, "droid", "printer", by=here.ada)
    assert here.react(router)[0].state == "awaiting input"
    here.site.set_labels(key, "droid", by=here.ada)
    assert here.react(router)[0].state == "awaiting input"
    here.site.set_labels(key, by=here.ada)
    [run] = here.react(router)
    assert (run.state, run.reason) == ("stopped", "Ada removed the label droid.")


def test_closing_the_issue_ends_every_run(here: World) -> None:
    router = waiting("jira:issue_created")
    key = begun(here)
    here.react(router)
    here.site.move(key, "In Progress", by=here.ada)
    assert here.react(router)[0].state == "awaiting input"
    here.site.move(key, "Done", by=here.ada)
    [run] = here.react(router)
    assert (run.state, run.reason) == ("stopped", "Ada closed the issue.")


def test_what_the_droid_does_itself_ends_nothing(here: World) -> None:
    router = waiting("jira:issue_created")
    key = begun(here)
    here.react(router)
    here.site.move(key, "Done", by=here.droid)
    assert here.react(router)[0].state == "awaiting input"


@pytest.mark.parametrize("how", ["moved", "deleted"])
def test_an_issue_that_is_gone_ends_its_runs_without_a_word(here: World, how: str) -> None:
    router = waiting("jira:issue_created")
    key = begun(here)
    here.react(router)
    said = len(here.site.issues[key].comments)
    if how == "moved":
        key = here.site.move_to_project(key, "SECRET", by=here.ada).key
    else:
        here.site.delete_issue(key, by=here.ada)
    [run] = here.react(router)
    assert run.state == "stopped"
    assert run.status_due is None
    if how == "moved":
        assert "SECRET now, which is not authorized" in run.reason
        assert len(here.site.issues[key].comments) == said


def test_an_issue_moved_away_while_the_droid_worked_gets_no_answer(here: World) -> None:
    """Jira may tell nothing of the move, because the webhook's filter holds it back."""
    router = Router()

    class Mover:
        def run(self, prompt: str, **_: Any) -> Report:
            here.site.move_to_project(key, "SECRET", by=here.ada)
            return Report("the answer")

    @router.on("jira:issue_created")
    def work(ctx: Context) -> None:
        ctx.jira.answer(ctx.droid.run("Work.", about=ctx.issue).text)

    here.worker_droid = Mover()
    key = here.issue()
    [run] = here.react(router)
    assert (run.state, here.said("SECRET-1")) == ("stopped", [])


def test_the_decision_tells_what_it_ended(cloud: World) -> None:
    router = waiting("jira:issue_created")
    key = begun(cloud)
    [run] = cloud.react(router)
    cloud.site.move(key, "Done", by=cloud.ada)
    [(decision, reason)] = cloud.decide(router)
    assert decision == "unmatched"
    assert reason.endswith(f"Stopped {run.id}: Ada closed the issue.")
