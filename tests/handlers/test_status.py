"""handlers/status.py: the droid's columns of a board."""

import pytest

from app.simulator.workflow import NEW, Status
from app.testing import DROID, Rehearse, issue_updated
from tests.handlers.shipped import shipped
from tests.reacting.conftest import World

STATUS = "handlers/status.py"
COLUMNS = [
    pytest.param("Droid Plan", "plan", "Write a plan", [], id="plan"),
    pytest.param("Ready for Droid", "implement", "Do what this issue asks for.", ["In Progress", "In Review"], id="do"),
    pytest.param("Droid Review", "review", "Review what was done", [], id="review"),
]


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize(("column", "route", "prompt", "moves"), COLUMNS)
def test_each_column_asks_for_what_it_stands_for(
    rehearse: Rehearse, column: str, route: str, prompt: str, moves: list[str], deployment: str
) -> None:
    said = rehearse(STATUS, issue_updated("status", from_="To Do", to=column, deployment=deployment), droid="Well.")
    assert (said.routes, said.transitions) == ([f"status.{route}"], moves)
    assert said.prompts[0].startswith(prompt)
    assert said.comments[0].endswith("] Well.")


def test_other_columns_and_the_droids_own_moves_are_left_alone(rehearse: Rehearse) -> None:
    assert rehearse(STATUS, issue_updated("status", from_="To Do", to="In Progress")).decision == "unmatched"
    assert rehearse(STATUS, issue_updated("status", to="Ready for Droid", by=DROID)).decision == "ignored"


READY = Status("10050", "Ready for Droid", NEW)


def test_an_issue_moved_to_the_droids_column_is_worked_on_in_jira(here: World) -> None:
    key = here.issue()
    here.site.move(key, READY, by=here.ada)
    [run] = here.react(shipped())
    assert (run.route, run.state, run.acknowledge) == ("status.implement", "complete", True)
    assert here.site.issues[key].status.name == "In Review"
    assert "> Do what this issue asks for." in here.said(key)[0]


def test_one_act_that_assigns_labels_and_moves_is_reacted_to_once(here: World) -> None:
    key = here.issue()
    here.site.move(key, READY, by=here.ada, values={"assignee": here.droid, "labels": ("droid",)})
    [run] = here.react(shipped())
    assert (run.route, run.state) == ("status.implement", "complete")
    assert len(here.said(key)) == 1
