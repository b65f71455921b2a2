from typing import Any

import pytest

from app.events.parse import parse
from tests.events.bodies import comment, commented, issue, updated, without

ITEM = {"field": "status", "toString": "Done"}
DC_COMMENT = without(updated(comment=comment(), issue_event_type_name="issue_commented"), "changelog")


def test_a_comment_told_twice_is_one_fact() -> None:
    assert parse(commented()).fact_of("comment_created") == "comment_created:500"
    assert parse(DC_COMMENT).fact_of("comment_created") == "comment_created:500"


def test_an_edit_told_twice_is_one_fact_and_the_next_edit_another() -> None:
    first, second = comment(updated="10:01"), comment(updated="10:02")
    told = [
        parse(commented(webhookEvent="comment_updated", comment=first)),
        parse({**DC_COMMENT, "comment": first, "issue_event_type_name": "issue_comment_edited"}),
        parse(commented(webhookEvent="comment_updated", comment=second)),
    ]
    assert [event.fact_of("comment_updated") for event in told] == [
        *("comment_updated:500:10:01", "comment_updated:500:10:01", "comment_updated:500:10:02")
    ]


def test_an_edit_told_in_another_time_zone_is_the_same_fact() -> None:
    """REST and webhooks may each choose a zone of their own."""
    facts = [
        parse(commented(webhookEvent="comment_updated", comment=comment(updated=told))).fact_of("comment_updated")
        for told in ("2026-11-23T17:44:01.120+0000", "2026-11-23T12:44:01.120-0500", "0001-01-01T00:00:00.000+1400")
    ]
    assert facts[0] == facts[1]
    assert facts[2].endswith("0001-01-01T00:00:00.000+1400")


def test_changes_and_a_comment_in_one_update_are_two_facts() -> None:
    event = parse(updated(ITEM, comment=comment()))
    assert event.fact_of("jira:issue_updated") == "changelog:77"
    assert event.fact_of("comment_created") == "comment_created:500"


@pytest.mark.parametrize(
    ("body", "name", "fact"),
    [
        pytest.param(updated(ITEM), "jira:issue_updated", "changelog:77", id="update"),
        pytest.param(DC_COMMENT, "jira:issue_updated", "comment_created:500", id="update of a comment alone"),
        pytest.param(
            updated(ITEM, webhookEvent="jira:issue_created"), "jira:issue_created", "jira:issue_created:10001", id="new"
        ),
        pytest.param(
            {"webhookEvent": "jira:issue_deleted", "issue": issue()},
            "jira:issue_deleted",
            "jira:issue_deleted:10001",
            id="gone",
        ),
        pytest.param(
            {"webhookEvent": "jira:issue_deleted", "issue": {"key": "A-1"}}, "jira:issue_deleted", "", id="no issue id"
        ),
        pytest.param(
            commented(webhookEvent="comment_deleted"), "comment_deleted", "comment_deleted:500", id="deleted comment"
        ),
        pytest.param(commented(comment=comment(id=None)), "comment_created", "", id="no comment id"),
        pytest.param(
            commented(webhookEvent="comment_updated", comment=comment(updated=None)),
            "comment_updated",
            "",
            id="no date",
        ),
        pytest.param(commented(), "comment_deleted", "", id="a name it does not go by"),
        pytest.param(updated(changelog=None), "jira:issue_updated", "", id="nothing to go by"),
        pytest.param({"webhookEvent": "sprint_closed"}, "sprint_closed", "", id="sprint"),
    ],
)
def test_a_fact_has_one_name(body: dict[str, Any], name: str, fact: str) -> None:
    assert parse(body).fact_of(name) == fact
