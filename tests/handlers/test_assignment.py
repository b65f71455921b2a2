"""handlers/assignment.py: an issue in the droid's hands is worked on."""

import pytest

from app.testing import ADA, DROID, Rehearse, issue_created, issue_updated
from tests.handlers.shipped import shipped
from tests.reacting.conftest import World

ASSIGNMENT = "handlers/assignment.py"
GIVEN = [
    pytest.param(issue_updated("assignee", to=DROID, status="To Do"), id="cloud"),
    pytest.param(issue_updated("assignee", to=DROID, status="To Do", deployment="datacenter"), id="datacenter"),
    pytest.param(issue_created(assignee=DROID), id="created in its hands"),
]


@pytest.mark.parametrize("payload", GIVEN)
def test_an_issue_given_to_the_droid_is_worked_on_and_handed_over(rehearse: Rehearse, payload: dict) -> None:
    said = rehearse(ASSIGNMENT, payload, droid="Mended.")
    assert said.transitions == ["In Progress", "In Review"]
    [answer] = said.comments
    assert answer.endswith("] Mended.")
    assert said.prompts[0].startswith("Do what this issue asks for.")


def test_an_issue_given_to_somebody_else_is_left_alone(rehearse: Rehearse) -> None:
    said = rehearse(ASSIGNMENT, issue_updated("assignee", to=ADA, from_=DROID))
    assert (said.writes, said.decision) == ([], "unmatched")
    assert said.reason.endswith("needs the issue assigned to the droid, not to somebody else.")


def test_an_issue_given_to_the_droid_is_answered_in_jira_and_waits_for_review(here: World) -> None:
    key = here.issue()
    here.site.assign(key, here.droid, by=here.ada)
    [run] = here.react(shipped())
    assert (run.route, run.state, run.acknowledge) == ("assignment.work", "complete", True)
    assert here.site.issues[key].status.name == "In Review"
    assert "> Do what this issue asks for." in here.said(key)[0]
