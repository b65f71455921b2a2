"""What a Jira is asked beyond a single issue, on both deployments."""

import pytest

from app.jira import clock
from app.jira.errors import Invalid, JiraBroken, NotFound
from app.jira.moments import milliseconds

from .conftest import Answering, Connected, recorded


def test_the_projects_we_may_browse_are_named_over_all_pages(here: Connected) -> None:
    for number in range(120):
        here.site.add_project(f"P{number:03}", f"Project {number}", lead=here.ada)
    here.site.forbid(here.droid, "BROWSE_PROJECTS", project="P007")
    told = here.jira.projects()
    assert len(told) == 121
    assert told[:2] == [("GATE", "Gated"), ("OPS", "Operations")]
    assert "P007" not in dict(told)
    assert dict(told)["P119"] == "Project 119"


def test_a_search_yields_every_page_with_the_fields_asked_for(here: Connected) -> None:
    for number in range(230):
        here.site.create_issue("OPS", f"Fire {number}", by=here.ada)
    with recorded(here.jira) as calls:
        found = list(here.jira.search('project = "OPS" ORDER BY key ASC', ["summary", "updated"]))
    assert len({issue.key for issue in found}) == 231
    assert found[5].summary == "Fire 4"
    assert set(found[5].fields) == {"summary", "updated"}
    assert len(calls) == 3


def test_a_search_asks_only_for_the_pages_that_are_taken(here: Connected) -> None:
    for number in range(130):
        here.site.create_issue("OPS", f"Fire {number}", by=here.ada)
    with recorded(here.jira) as calls:
        next(here.jira.search('project = "OPS"', ["summary"]))
    assert len(calls) == 1


def test_a_search_that_finds_nothing_is_empty(here: Connected) -> None:
    assert list(here.jira.search('project = "OPS" AND status = "Done"', ["summary"])) == []


def test_a_wrong_search_says_what_jira_says(here: Connected) -> None:
    with pytest.raises(Invalid, match="400"):
        list(here.jira.search("project = = OPS", ["summary"]))


def test_what_our_account_may_do_in_a_project(here: Connected) -> None:
    here.site.forbid(here.droid, "TRANSITION_ISSUES", project="OPS")
    held = here.jira.permissions("OPS")
    assert held["ADD_COMMENTS"]
    assert not held["TRANSITION_ISSUES"]
    assert not held["ADMINISTER"]
    assert not held["ADMINISTER_PROJECTS"]
    assert here.jira.permissions()["TRANSITION_ISSUES"]


def test_an_administrator_is_told_so(here: Connected) -> None:
    held = here.open_as(here.ada).permissions("OPS")
    assert held["ADMINISTER"]
    assert held["ADMINISTER_PROJECTS"]


def test_permissions_that_this_jira_does_not_know_are_left_out(here: Connected) -> None:
    assert here.jira.permissions("OPS", ["ADD_COMMENTS", "FLY"]) == {"ADD_COMMENTS": True}


def test_permissions_in_a_project_we_do_not_see_are_not_told(here: Connected) -> None:
    with pytest.raises(NotFound):
        here.jira.permissions("NONE")


def test_a_refusal_that_names_no_permission_stays_a_refusal(other: Answering, here: Connected) -> None:
    other.answer(400, {"errorMessages": ["No."]})
    here.jira.client.base_url = other.url
    with pytest.raises(Invalid, match=r"No\."):
        here.jira.permissions("OPS")
    assert len(other.asked) == 1


def test_jiras_clock_is_compared_with_ours(here: Connected) -> None:
    skew = here.jira.server().skew
    assert skew is not None
    assert abs(skew) < 2


@pytest.mark.parametrize(
    ("info", "date", "skew"),
    [
        ({"serverTime": "2015-10-21T07:28:00.000+0000"}, "Mon, 01 Jan 2035 00:00:00 GMT", -60.0),
        ({"serverTime": "2015-10-21T07:30:00.000Z"}, "", 60.0),
        ({}, "Wed, 21 Oct 2015 07:28:00 GMT", -59.5),
        ({}, "later", None),
        ({"serverTime": True}, "", None),
        ([], "", None),
    ],
    ids=["own-time-first", "ahead", "date-header", "words", "nothing", "odd"],
)
def test_the_clock_is_read_from_whatever_tells_it(
    monkeypatch: pytest.MonkeyPatch, info: object, date: str, skew: float | None
) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1445412541_000)
    assert clock.skew(info, {"Date": date}, asked=1445412539_000) == skew


def test_the_types_of_issue_of_a_project(here: Connected) -> None:
    types = here.jira.issue_types("OPS")
    assert "Task" in {kind.name for kind in types}
    assert any(kind.subtask for kind in types) == ("Sub-task" in {kind.name for kind in types})


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (1559392950000, 1559392950000),
        ("1559392950000", 1559392950000),
        ("2019-06-01T12:42:30.000+0000", 1559392950000),
        ("2019-06-01T12:42:30Z", 1559392950000),
        ("2019-06-01T12:42:30", 1559392950000),
        ("soon", None),
        (True, None),
        (None, None),
    ],
)
def test_moments_come_as_numbers_and_as_texts(told: object, read: int | None) -> None:
    assert milliseconds(told) == read


def test_a_page_that_leads_nowhere_ends_the_list(here: Connected, other: Answering) -> None:
    other.answer(200, {"issues": [], "values": [], "nextPageToken": "x", "isLast": True})
    here.jira.client.base_url = other.url
    assert list(here.jira.search("project = OPS", ["summary"])) == []
    assert len(other.asked) == 1


def test_a_page_that_is_none_is_jira_broken(here: Connected, other: Answering) -> None:
    other.answer(200, [])
    here.jira.client.base_url = other.url
    with pytest.raises(JiraBroken, match="JSON object"):
        list(here.jira.search("project = OPS", ["summary"]))
