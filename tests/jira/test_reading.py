"""Answers that are not what Jira documents end as JiraBroken, never as a stray exception."""

from typing import Any

import pytest

from app.events.event import User
from app.jira import reading
from app.jira.errors import JiraBroken

READERS: dict[str, Any] = {
    "user": reading.user,
    "issue": reading.issue,
    "comment": reading.comment,
    "transitions": reading.transitions,
    "created_id": reading.created_id,
    "admin_webhook": lambda told: reading.admin_webhook(told, "", ""),
    "listing": lambda told: reading.listing(told, "values"),
}


@pytest.mark.parametrize("odd", [None, 3, "text", [], {}, [{}], {"id": None}], ids=repr)
@pytest.mark.parametrize("reader", READERS)
def test_odd_answers_are_jira_broken(reader: str, odd: Any) -> None:
    with pytest.raises(JiraBroken, match="Jira's answer lacks"):
        READERS[reader](odd)


@pytest.mark.parametrize(
    ("reader", "odd"),
    [
        ("issue", {"id": "1", "key": "A-1", "fields": None}),
        ("issue", {"id": "1", "fields": {}}),
        ("comment", {"id": "1", "author": "ada"}),
        ("issue", {"id": "1", "key": "A-1", "fields": {"assignee": "ada"}}),
        ("transitions", {"transitions": [3]}),
        ("transitions", {"transitions": [{"id": "1", "to": None}]}),
        ("transitions", {"transitions": [{"id": "1", "to": {"name": "Done"}, "fields": {"x": 3}}]}),
        ("admin_webhook", {"self": "x/1", "url": "https://x", "events": None}),
    ],
)
def test_oddities_inside_are_jira_broken_too(reader: str, odd: Any) -> None:
    with pytest.raises(JiraBroken, match="Jira's answer lacks"):
        READERS[reader](odd)


def test_choices_that_are_no_list_are_no_choices() -> None:
    told = {"transitions": [{"id": "1", "to": {"name": "Done"}, "fields": {"x": {"allowedValues": 3}}}]}
    assert reading.transitions(told)[0].fields[0].values == ()


def test_old_data_center_users_are_known_by_name() -> None:
    assert reading.user({"name": "ada", "displayName": "Ada", "active": False}) == User(
        "ada", "Ada", username="ada", active=False
    )


def test_a_reply_in_a_service_project_keeps_parent_and_publicity() -> None:
    comment = reading.comment({"id": 7, "body": "x", "parentId": 5, "jsdPublic": False})
    assert (comment.id, comment.parent_id, comment.public, comment.author) == ("7", "5", False, None)


def test_a_transition_listed_as_unavailable_is_not_offered() -> None:
    told = {"transitions": [{"id": "1", "isAvailable": False}, {"id": "2", "to": {"name": "Done"}}]}
    assert [way.id for way in reading.transitions(told)] == ["2"]


def test_a_server_without_version_numbers_is_old() -> None:
    assert reading.server({"deploymentType": "Server"}).version == ()
