"""A rehearsal stands in for the real thing without a gap: nothing it does not know can reach a Jira."""

import inspect
from typing import Any

import pytest

from app.jira import Jira
from app.reacting.actions import Actions
from app.reacting.colleague import Colleague
from app.reacting.rehearsing import RecordingJira, Unrehearsed
from app.reacting.rehearsing.colleague import RehearsedColleague
from app.reacting.rehearsing.recording import READS
from app.reacting.rehearsing.rehearsal import _Unkept
from tests.reacting.conftest import World

#: What writes to Jira and no handler can ask for; a rehearsal refuses it.
REFUSED = {"create_issue", "delete_issue", "delete_comment"}


def test_whatever_jira_can_be_asked_is_recorded_or_read_or_refused() -> None:
    everything = {name for name in dir(Jira) if not name.startswith("_")} - {"api"}
    recorded = {name for name in vars(RecordingJira) if not name.startswith("_")}
    assert everything == recorded | READS | REFUSED
    assert not READS & (recorded | REFUSED)


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", ["issue", "comments", "comment", "edit_comment", "transition", "assign", "label"])
def test_what_is_recorded_is_called_like_the_real_thing(name: str) -> None:
    assert parameters(getattr(RecordingJira, name)) == parameters(getattr(Jira, name))


def test_the_droid_of_a_rehearsal_is_called_like_the_real_one() -> None:
    assert inspect.signature(RehearsedColleague.run) == inspect.signature(Colleague.run)
    assert {name for name in dir(Colleague) if not name.startswith("_")} == {
        *(name for name in dir(RehearsedColleague) if not name.startswith("_"))
    }
    assert {"perform", "read"} <= {name for name in dir(_Unkept) if name in dir(Actions)}


def test_the_first_move_is_held_against_the_real_workflow_and_later_ones_are_believed(here: World) -> None:
    key = here.issue("GATE")
    jira = RecordingJira(here.open_jira(here.connection))
    with pytest.raises(Exception, match="cannot go from 'To Do' to 'Nirvana'"):
        jira.transition(key, "Nirvana", marker="m")
    moved = [jira.transition(key, to, marker="m").moved for to in ("In Progress", "in progress", "In Review")]
    assert moved == [True, False, True]
    assert jira.record.transitions == ["In Progress", "In Review"]
    assert here.site.issues[key].status.name == "To Do"


def test_what_is_read_of_a_real_jira_is_read_as_it_is(here: World) -> None:
    key = here.issue(labels=("web",))
    here.site.add_comment(key, "hello", by=here.ada)
    jira = RecordingJira(here.open_jira(here.connection))
    jira.comment(key, "hi", marker="m")
    jira.label(key, add=["new"], marker="m")
    assert [here.text(comment) for comment in jira.comments(key)] == ["hello", "hi"]
    assert jira.issue(key).labels == ("web", "new")
    assert [issue.key for issue in jira.search("project = OPS", ("summary",))] == [key]
    assert len(here.site.issues[key].comments) == 1
    with pytest.raises(Unrehearsed):
        _ = jira.delete_issue
