"""The closed set of conditions: how each is checked, holds, fails in words and reads."""

import inspect
from dataclasses import replace
from typing import Any

import pytest

from app.events.event import Change, Event, User
from app.routing import RouteError
from app.routing.conditions import Conditions, build
from tests.routing.examples import ADA, DC_DROID, DROID, TO_PROGRESS, commented, created, told_as_update, updated

LABELLED = updated(Change("labels", "labels", None, "disk old", None, "disk urgent new"))
ASSIGNED = updated(Change("assignee", "assignee", ADA.id, "Ada Lovelace", DROID.id, "Droid Bot"))
ADF_STOP = {
    "type": "doc",
    "version": 1,
    "content": [
        {
            "type": "paragraph",
            "content": [
                {"type": "mention", "attrs": {"id": DROID.id, "text": "@Droid Bot"}},
                {"type": "hardBreak"},
                {"type": "text", "text": " Stop!"},
            ],
        }
    ],
}


def failed(event: Event, droid: User | None = DROID, **conditions: Any) -> str:
    for condition in build(conditions):
        if why := condition.failed(event, droid):
            return why
    return ""


HOLDS = [
    pytest.param(updated(), {"project": "OPS"}, id="project"),
    pytest.param(updated(), {"project": ["DEMO", "OPS"]}, id="any of several projects"),
    pytest.param(updated(), {"issue_type": "bug"}, id="issue type in another case"),
    pytest.param(updated(), {"priority": ("Low", "High")}, id="priority"),
    pytest.param(updated(), {"status": "in progress"}, id="status"),
    pytest.param(updated(), {"status_category": "In Progress"}, id="status category by its name"),
    pytest.param(updated(), {"status_category": "indeterminate"}, id="status category by its key"),
    pytest.param(updated(), {"label": "Urgent"}, id="label"),
    pytest.param(updated(TO_PROGRESS), {"field": "Status"}, id="field"),
    pytest.param(
        updated(Change("Статус", "status", to="Готово")), {"field": "status", "to": "готово"}, id="field by its id"
    ),
    pytest.param(updated(Change("Epic Link")), {"field": "epic link"}, id="field by its name"),
    pytest.param(updated(TO_PROGRESS), {"from_": "To Do", "to": "In Progress"}, id="any field"),
    pytest.param(LABELLED, {"label_added": "urgent"}, id="label added"),
    pytest.param(LABELLED, {"label_removed": ["x", "OLD"]}, id="label removed"),
    pytest.param(LABELLED, {"label_added": ["x", "UR*"]}, id="label added that begins so"),
    pytest.param(created(), {"label_added": "urgent"}, id="label a new issue has"),
    pytest.param(updated(), {"label": "urg*"}, id="label that begins so"),
    pytest.param(ASSIGNED, {"assigned_to_droid": True}, id="assigned"),
    pytest.param(created(assignee=DROID), {"assigned_to_droid": True}, id="created in the droid's hands"),
    pytest.param(commented("hi [~accountid:x]", DROID.id), {"mention": True}, id="mention picked"),
    pytest.param(commented("Well, @droid bot: hi"), {"mention": True}, id="mention typed"),
    pytest.param(told_as_update("hi", DROID.id), {"mention": True}, id="mention told as an update"),
    pytest.param(commented("[~accountid:557058:d401] stop"), {"command": "stop"}, id="command"),
    pytest.param(commented("\n@Droid Bot,  STOP now"), {"command": ["go", "Stop"]}, id="command typed"),
    pytest.param(commented(ADF_STOP), {"command": "stop"}, id="command in ADF"),
    pytest.param(updated(), {"when": lambda event: event.issue.key == "OPS-12"}, id="when"),
]


@pytest.mark.parametrize(("event", "conditions"), HOLDS)
def test_a_condition_holds(event: Event, conditions: dict[str, Any]) -> None:
    assert failed(event, **conditions) == ""


FAILS = [
    pytest.param(updated(), {"project": "DEMO"}, "needs project DEMO, not OPS", id="other project"),
    pytest.param(
        updated(project=""), {"project": "OPS"}, "needs project OPS, which this event does not tell", id="no project"
    ),
    pytest.param(
        updated(issue=None),
        {"issue_type": ["Bug", "Task", "Epic"]},
        "needs issue type Bug, Task or Epic, which this event does not tell",
        id="no issue",
    ),
    pytest.param(updated(), {"status": "Done"}, "needs status Done, not In Progress", id="other status"),
    pytest.param(
        updated(),
        {"status_category": ["new", "Done"]},
        "needs status category To Do or Done, not In Progress",
        id="cat",
    ),
    pytest.param(
        updated(issue=None),
        {"status_category": "done"},
        "needs status category Done, which this event does not tell",
        id="no category",
    ),
    pytest.param(updated(), {"label": "big"}, "needs label big; the issue has disk, urgent", id="other labels"),
    pytest.param(created(labels=()), {"label": "big"}, "needs label big; the issue has none", id="no labels"),
    pytest.param(
        commented("hi"),
        {"label": "disk"},
        "needs label disk, but this event does not say which labels the issue has",
        id="labels not told",
    ),
    pytest.param(
        updated(TO_PROGRESS),
        {"field": "status", "to": "Done"},
        "needs a change of status to Done; it changed from To Do to In Progress",
        id="changed to something else",
    ),
    pytest.param(
        updated(replace(TO_PROGRESS, to=None)),
        {"field": "status", "from_": "To Do", "to": "Done"},
        "needs a change of status from To Do to Done; it changed from To Do to nothing",
        id="cleared",
    ),
    pytest.param(
        updated(TO_PROGRESS), {"field": "priority"}, "needs a change of priority; changed: status", id="other field"
    ),
    pytest.param(updated(), {"to": "Done"}, "needs a change of any field to Done; changed: nothing", id="no change"),
    pytest.param(
        updated(Change("Resolution", to="Done"), TO_PROGRESS),
        {"field": "status", "to": "Done"},
        "needs a change of status to Done; it changed from To Do to In Progress",
        id="field and value of different changes",
    ),
    pytest.param(
        updated(TO_PROGRESS),
        {"label_added": "x"},
        "needs label x added; this event tells no change of labels",
        id="no change of labels",
    ),
    pytest.param(LABELLED, {"label_added": "disk"}, "needs label disk added; added: urgent, new", id="was there"),
    pytest.param(LABELLED, {"label_added": "dis*"}, "needs label dis* added; added: urgent, new", id="none begins so"),
    pytest.param(LABELLED, {"label_removed": "disk"}, "needs label disk removed; removed: old", id="is still there"),
    pytest.param(
        updated(Change("labels", from_="a", to="a")),
        {"label_removed": "a"},
        "needs label a removed; removed: none",
        id="none removed",
    ),
    pytest.param(
        updated(),
        {"assigned_to_droid": True},
        "needs the issue assigned to the droid; this event tells no assignment",
        id="no assignment",
    ),
    pytest.param(
        created(assignee=ADA),
        {"assigned_to_droid": True},
        "needs the issue assigned to the droid, not to somebody else",
        id="assigned to another",
    ),
    pytest.param(
        updated(), {"mention": True}, "needs a mention of the droid, and there is no comment", id="no comment"
    ),
    pytest.param(
        commented("mail me@droid bot or @droid botany", ADA.id),
        {"mention": True},
        "needs a mention of the droid",
        id="no mention",
    ),
    pytest.param(commented(None), {"mention": True}, "needs a mention of the droid", id="no text"),
    pytest.param(
        updated(),
        {"command": "stop"},
        'needs the command "stop" after the droid\'s mention at the start of a comment, and there is no comment',
        id="command without a comment",
    ),
    pytest.param(
        commented("@Droid Bot go on"),
        {"command": "stop"},
        'needs the command "stop" after the droid\'s mention at the start of a comment; it says "go"',
        id="another command",
    ),
    pytest.param(
        commented("please @Droid Bot stop"),
        {"command": "stop"},
        'needs the command "stop" after the droid\'s mention at the start of a comment',
        id="mention not at the start",
    ),
    pytest.param(
        commented("@Droid Bots stop"),
        {"command": "stop"},
        'needs the command "stop" after the droid\'s mention at the start of a comment',
        id="longer name",
    ),
    pytest.param(
        commented({"type": "doc", "content": []}),
        {"command": "stop"},
        'needs the command "stop" after the droid\'s mention at the start of a comment',
        id="empty document",
    ),
]


@pytest.mark.parametrize(("event", "conditions", "words"), FAILS)
def test_a_condition_that_fails_says_why(event: Event, conditions: dict[str, Any], words: str) -> None:
    assert failed(event, **conditions) == words


@pytest.mark.parametrize(
    ("event", "conditions"),
    [
        pytest.param(commented("hi", "DROID"), {"mention": True}, id="mention by login name"),
        pytest.param(commented("hi @droid"), {"mention": True}, id="login name typed"),
        pytest.param(commented("[~droid] stop"), {"command": "stop"}, id="command"),
        pytest.param(updated(Change("assignee", to_id="JIRAUSER10100")), {"assigned_to_droid": True}, id="key"),
        pytest.param(updated(Change("assignee", to_id="droid")), {"assigned_to_droid": True}, id="login name"),
    ],
)
def test_the_droid_of_a_data_center_goes_by_its_login_name_too(event: Event, conditions: dict[str, Any]) -> None:
    assert failed(event, DC_DROID, **conditions) == ""


@pytest.mark.parametrize(
    ("event", "conditions"),
    [
        pytest.param(commented("@Droid hi", "x"), {"mention": True}, id="mention"),
        pytest.param(commented("@Droid stop", "x"), {"command": "stop"}, id="command"),
        pytest.param(ASSIGNED, {"assigned_to_droid": True}, id="assignment"),
    ],
)
def test_without_knowing_the_droid_a_condition_says_so(event: Event, conditions: dict[str, Any]) -> None:
    why = failed(event, None, **conditions)
    assert "which account is the droid is unknown without a connection (name it with --account)" in why


def test_an_own_function_that_fails_is_a_reason_and_no_crash() -> None:
    def urgent(event: Event) -> object:
        return event.payload["urgent"]

    assert failed(updated(), when=urgent) == "needs a yes of urgent(event), which failed: KeyError: 'urgent'"
    assert failed(updated(), when=lambda event: []) == "needs a yes of <lambda>(event)"


def test_an_own_function_is_asked_only_after_all_other_conditions_held() -> None:
    asked: list[Event] = []
    assert failed(updated(), when=asked.append, project="DEMO", field="status").startswith("needs project")
    assert asked == []


def test_conditions_are_tried_in_the_order_they_are_written() -> None:
    assert failed(updated(), to="Done", project="DEMO", field="status").startswith("needs a change of status to Done")
    assert failed(updated(), project="DEMO", to="Done", field="status").startswith("needs project DEMO")


WORDS = [
    pytest.param({"project": ["A", "B"]}, "the project is A or B", id="project"),
    pytest.param({"issue_type": "Bug"}, "the issue type is Bug", id="issue type"),
    pytest.param({"status_category": "to do"}, "the status category is To Do", id="category"),
    pytest.param({"label": "x"}, "the issue has label x", id="label"),
    pytest.param({"field": "status", "from_": "A", "to": "B"}, "status changed from A to B", id="change"),
    pytest.param({"to": "B"}, "any field changed to B", id="any change"),
    pytest.param({"label_added": "x"}, "label x was added", id="label added"),
    pytest.param({"label_removed": "x"}, "label x was removed", id="label removed"),
    pytest.param({"assigned_to_droid": True}, "the issue was assigned to the droid", id="assigned"),
    pytest.param({"mention": True}, "the comment mentions the droid", id="mention"),
    pytest.param({"command": "go"}, 'the comment begins with the droid\'s mention and "go"', id="command"),
    pytest.param({"when": repr}, "repr(event) says yes", id="when"),
]


@pytest.mark.parametrize(("conditions", "words"), WORDS)
def test_a_condition_reads_in_words(conditions: dict[str, Any], words: str) -> None:
    assert [condition.words() for condition in build(conditions)] == [words]


WRONG = [
    pytest.param({"projct": "OPS"}, "There is no condition projct. Did you mean project?", id="typo"),
    pytest.param({"From": "A"}, "There is no condition From. Did you mean from_?", id="without underscore"),
    pytest.param({"xyzzy": 1}, "There is no condition xyzzy. There are: project, issue_type, ", id="nothing near"),
    pytest.param({"project": 7}, "project=7 is not a text.", id="number"),
    pytest.param({"status": []}, "status=[] is not a text.", id="none of none"),
    pytest.param({"status": ["A", None]}, "status=['A', None] is not a text.", id="no text among texts"),
    pytest.param({"to": " "}, "to=' ' is not a text.", id="blank"),
    pytest.param({"field": None}, "field=None is not a text.", id="nothing"),
    pytest.param({"project": "ops"}, "project='ops' is not a project key. Did you mean OPS?", id="lower-case key"),
    pytest.param(
        {"project": "Operations!"},
        "project='Operations!' is not a project key. Give the key, as in OPS-12, not the name.",
        id="name",
    ),
    pytest.param(
        {"status_category": "Doen"}, "status_category='Doen' does not exist in Jira. Did you mean done?", id="category"
    ),
    pytest.param({"command": "stop it"}, "command='stop it' is more than one word.", id="two words"),
    pytest.param({"label_added": "*"}, 'label_added="*" is no label.', id="every label"),
    pytest.param({"label": "a*b"}, "label='a*b' has a * that does not end it.", id="a star within"),
    pytest.param({"label": "a b"}, "label='a b' is more than one word.", id="no label of Jira"),
    pytest.param({"mention": False}, "mention=False means nothing. Write mention=True, or leave it out.", id="false"),
    pytest.param({"assigned_to_droid": "yes"}, "assigned_to_droid='yes' means nothing.", id="text for a switch"),
    pytest.param({"when": "x"}, "when='x' is not a function.", id="no function"),
    pytest.param({"when": lambda: True}, "does not take exactly one argument. It is called with the event.", id="args"),
]


@pytest.mark.parametrize(("conditions", "words"), WRONG)
def test_a_condition_that_can_never_hold_fails_at_load(conditions: dict[str, Any], words: str) -> None:
    with pytest.raises(RouteError) as caught:
        build(conditions)
    assert words in str(caught.value)


def test_every_condition_offered_to_an_editor_can_be_built() -> None:
    values: dict[str, Any] = dict.fromkeys(Conditions.__annotations__, "done")
    values |= {"project": "OPS", "mention": True, "assigned_to_droid": True, "when": inspect.isclass}
    for name in Conditions.__annotations__:
        assert len(build({name: values[name]})) == 1
