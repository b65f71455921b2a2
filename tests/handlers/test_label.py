"""handlers/label.py: the label "droid", alone or with a name, hands an issue to a droid."""

import pytest

from app.testing import Rehearse, issue_created, issue_updated
from tests.handlers.shipped import shipped
from tests.reacting.conftest import World

LABEL = "handlers/label.py"
WORKED = ["In Progress", "In Review"]


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_the_label_lets_the_first_droid_work(rehearse: Rehearse, deployment: str) -> None:
    labelled = issue_updated("labels", from_="web", to="web droid", status="To Do", deployment=deployment)
    said = rehearse(LABEL, labelled, droid="Mended.", droids=["codex"])
    assert (said.transitions, said.droids) == (WORKED, ["droid"])
    assert said.comments[0].endswith("] Mended.")


def test_a_name_behind_the_label_chooses_the_droid(rehearse: Rehearse) -> None:
    for payload in (issue_updated("labels", to="Droid:Codex", status="To Do"), issue_created(labels=["droid:codex"])):
        said = rehearse(LABEL, payload, droid="Mended.", droids=["codex"])
        assert (said.transitions, said.droids) == (WORKED, ["codex"])


def test_an_unknown_name_is_answered_with_those_there_are(rehearse: Rehearse) -> None:
    said = rehearse(LABEL, issue_updated("labels", to="droid:claude"), droids=["codex"])
    assert said.comments == ["[~accountid:557058:ada] There is no droid of that name. There are: droid, codex."]
    assert (said.transitions, said.prompts) == ([], [])


def test_other_labels_and_a_label_that_was_there_are_left_alone(rehearse: Rehearse) -> None:
    for before, after in (("", "android"), ("droid", "droid web"), ("droid", "")):
        assert rehearse(LABEL, issue_updated("labels", from_=before, to=after)).decision == "unmatched"


def test_a_labelled_issue_is_worked_on_in_jira_by_the_droid_it_names(here: World) -> None:
    key = here.issue()
    here.site.set_labels(key, "droid:echo", by=here.ada)
    [run] = here.react(shipped())
    assert (run.route, run.state, run.acknowledge) == ("label.work", "complete", True)
    assert (run.droid, run.trigger) == ("echo", "label:droid:echo")
    assert here.site.issues[key].status.name == "In Review"
    assert "> Do what this issue asks for." in here.said(key)[0]
