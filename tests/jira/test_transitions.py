"""Which transition is chosen, without any Jira."""

import pytest

from app.events.event import Issue
from app.jira.errors import Invalid
from app.jira.transitions import choose
from app.jira.values import ScreenField, Transition

RESOLUTION = ScreenField("resolution", "Resolution", required=True, values=("Fixed", "Won't Do"))
WONT_DO = Transition("1", "Reject", "Won't Do", "done")
FINISH = Transition("2", "Finish", "Done", "done", (RESOLUTION,))
ARCHIVE = Transition("3", "Archive", "Archived", "done", (RESOLUTION,))
REVIEW = Transition("4", "Review", "In Review", "indeterminate")
BUILD = Transition("5", "Build", "In Progress", "indeterminate")
STOP = Transition("6", "Stop", "Open", "new")


def issue(status: str = "Open", category: str = "new", **fields: object) -> Issue:
    return Issue("1", "OPS-1", status=status, status_category=category, fields=fields)


@pytest.mark.parametrize(
    ("present", "offered", "wanted", "chosen"),
    [
        pytest.param(issue(), [BUILD, REVIEW], "in review", REVIEW, id="by-name-whatever-its-case"),
        pytest.param(issue(), [REVIEW, BUILD], "indeterminate", BUILD, id="category-prefers-its-namesake"),
        pytest.param(issue(), [ARCHIVE, WONT_DO], "done", WONT_DO, id="category-prefers-a-screen-without-questions"),
        pytest.param(issue(), [REVIEW], "In Progress", REVIEW, id="name-of-a-category-that-is-no-status"),
        pytest.param(issue("In Review", "indeterminate"), [BUILD], "In Progress", BUILD, id="status-before-category"),
        pytest.param(issue("In Review", "indeterminate"), [FINISH], "In Progress", None, id="already-in-category"),
        pytest.param(issue("In Review", "indeterminate"), [BUILD], "IN REVIEW", None, id="already-in-status"),
        pytest.param(issue("Reopened", "new"), [STOP], "Open", STOP, id="sideways"),
        pytest.param(issue(resolution={"name": "Fixed"}), [FINISH], "Done", FINISH, id="field-that-has-a-value"),
        pytest.param(issue("Odd", "undefined"), [STOP], "Open", STOP, id="unknown-category"),
    ],
)
def test_the_transition_chosen(
    present: Issue, offered: list[Transition], wanted: str, chosen: Transition | None
) -> None:
    assert choose(present, offered, [wanted], fields={}, backwards=False) == chosen


def test_a_field_with_a_default_is_not_asked_for() -> None:
    default = Transition("2", "Finish", "Done", "done", (ScreenField("x", "X", required=True, has_default=True),))
    assert choose(issue(), [default], ["Done"], fields={}, backwards=False) is default


def test_each_missing_field_is_named() -> None:
    reason = ScreenField("customfield_10050", "Reason", required=True)
    way = Transition("2", "Finish", "Done", "done", (reason, RESOLUTION))
    with pytest.raises(
        Invalid, match=r"asks for Reason \(customfield_10050\) and Resolution \(resolution: Fixed, Won't"
    ):
        choose(issue(), [way], ["Done"], fields={}, backwards=False)
    with pytest.raises(Invalid, match=r"asks for Reason .*fields=\{'customfield_10050': '...'\}"):
        choose(issue(), [way], ["Done"], fields={"resolution": {"name": "Fixed"}}, backwards=False)


def test_a_way_back_is_refused_even_if_a_later_wish_leads_on() -> None:
    with pytest.raises(Invalid, match="earlier category"):
        choose(issue("Done", "done"), [STOP, REVIEW], ["Open", "In Review"], fields={}, backwards=False)
