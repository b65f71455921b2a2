import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.event import Change, Event, Issue, User
from app.events.parse import MalformedEvent, parse
from tests.events.bodies import ADA, BOB, REST, SHARED, comment, commented, issue, read, real, updated, without

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)),
    max_leaves=15,
)
parts = [
    "issue",
    "comment",
    "user",
    "changelog",
    "transition",
    "webhookEvent",
    "timestamp",
    "worklog",
    "project",
    "fields",
]
half_right = st.dictionaries(
    st.sampled_from(parts),
    st.one_of(
        anything, st.dictionaries(st.sampled_from(["id", "key", "self", "fields", "items", "body", "author"]), anything)
    ),
)


def told(payload: object) -> Event | None:
    """Return the event, or None for a malformed one; anything else that is raised fails the test."""
    try:
        return parse(payload)
    except MalformedEvent:
        return None


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, child in children for place in places(child, (*path, step)))]


@pytest.mark.parametrize("file", real())
def test_every_recorded_body_is_read(file: Path) -> None:
    event = told(read(file))
    if event is None:
        assert file.stem == "example_anomalous_payload"
        return
    assert event.payload == read(file)
    assert event.name == event.payload.get("webhookEvent", "jira:issue_updated")
    assert pickle.loads(pickle.dumps(event)) == event


@pytest.mark.parametrize("file", real())
def test_who_and_where_is_known_of_every_recorded_issue(file: Path) -> None:
    event = told(read(file))
    if event and event.issue and event.issue.key:
        assert event.project == event.issue.key.split("-")[0] or event.issue.fields
        assert event.issue.fields == event.payload["issue"].get("fields", {})
    if event and event.name in ("comment_created", "comment_updated", "comment_deleted"):
        assert event.comment
        assert event.issue
        assert event.actor == (event.comment.editor or event.comment.author)


@settings(deadline=None)
@given(payload=st.one_of(anything, half_right))
def test_any_json_is_an_event_or_malformed(payload: object) -> None:
    event = told(payload)
    assert event is None or event.name


@settings(deadline=None)
@given(data=st.data())
def test_a_real_body_with_anything_anywhere_is_an_event_or_malformed(data: st.DataObject) -> None:
    files = sorted((SHARED / "payloads").rglob("*.json"))
    bodies = [read(files[number]) for number in range(0, len(files), 7)] or [updated(), commented()]
    body = copy.deepcopy(data.draw(st.sampled_from(bodies)))
    for _ in range(data.draw(st.integers(1, 4))):
        *above, last = data.draw(st.sampled_from([place for place in places(body) if place and len(place) < 6]))
        target = body
        for step in above:
            target = target[step]
        target[last] = data.draw(anything)
    event = told(body)
    assert event is None or event.payload == body or "nan" in repr(body)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param([], "The body must be an object, it is a list.", id="list"),
        pytest.param(None, "The body must be an object, it is nothing.", id="null"),
        pytest.param(
            updated(issue=issue(status=[])), "issue.fields.status must be an object, it is a list.", id="status"
        ),
        pytest.param(updated(issue="OPS-12"), "issue must be an object, it is text.", id="issue"),
        pytest.param(
            updated(issue=issue(labels=["a", 1])), "issue.fields.labels[1] must be text, it is a number.", id="label"
        ),
        pytest.param(
            updated(issue=issue(labels={})), "issue.fields.labels must be a list, it is an object.", id="labels"
        ),
        pytest.param(
            updated(issue={**issue(), "id": True}),
            "issue.id must be text or a whole number, it is true or false.",
            id="id",
        ),
        pytest.param(
            updated(issue={**issue(), "id": 1.5}),
            "issue.id must be text or a whole number, it is a number.",
            id="fraction",
        ),
        pytest.param(
            updated(issue={**issue(), "id": 10**20}),
            "issue.id must be text or a whole number, it is a number.",
            id="endless",
        ),
        pytest.param(updated("x"), "changelog.items[0] must be an object, it is text.", id="item"),
        pytest.param(
            updated(timestamp="today"), "timestamp must be a number of milliseconds, it is text.", id="timestamp"
        ),
        pytest.param(
            updated(timestamp=-1), "timestamp must be a number of milliseconds, it is a number.", id="before time"
        ),
        pytest.param(updated(webhookEvent=7), "webhookEvent must be text, it is a number.", id="name"),
        pytest.param(updated(user={"active": []}), "user.active must be true or false, it is a list.", id="active"),
        pytest.param(
            commented(comment=comment(body=1)),
            "comment.body must be text or an ADF document, it is a number.",
            id="text",
        ),
        pytest.param(commented(comment="x"), "comment must be an object, it is text.", id="comment"),
        pytest.param(
            commented(comment=comment(visibility="x")),
            "comment.visibility must be an object, it is text.",
            id="visibility",
        ),
        pytest.param(updated(issue={}), "issue.key and issue.id are both missing.", id="nameless issue"),
        pytest.param({}, "webhookEvent is missing, and the body holds no issue either.", id="nothing"),
        pytest.param(
            {"accountId": "1", "username": "a"},
            "webhookEvent is missing, and the body holds no issue either.",
            id="user",
        ),
    ],
)
def test_what_is_wrong_is_named(payload: object, message: str) -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse(payload)
    assert caught.value.message == message
    assert caught.value.cure
    assert pickle.loads(pickle.dumps(caught.value)).message == message


@pytest.mark.parametrize(
    ("user", "read_as"),
    [
        pytest.param(ADA, User("557058:ada-1", "Ada", kind="atlassian"), id="account id"),
        pytest.param({**ADA, "name": "ada", "key": "ada"}, User("557058:ada-1", "Ada", kind="atlassian"), id="both"),
        pytest.param(BOB, User("JIRAUSER10100", "Bob Example", "bob"), id="key"),
        pytest.param({"name": "bob"}, User("bob", "bob", "bob"), id="name alone"),
        pytest.param({"key": 7, "active": "false"}, User("7", "7", active=False), id="false as text"),
        pytest.param({"displayName": "Anonymous"}, User("", "Anonymous"), id="nobody known"),
        pytest.param({}, None, id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_users_of_every_generation_are_read(user: object, read_as: User | None) -> None:
    assert parse(updated(user=user)).actor == read_as


def test_an_issue_is_read() -> None:
    status = {"name": "In Progress", "statusCategory": {"key": "indeterminate"}}
    fields = {
        "summary": "Disk\x00 full \ud800",
        "issuetype": {"name": "Bug"},
        "status": status,
        "priority": "3",
        "assignee": BOB,
        "reporter": None,
        "labels": ["a"],
        "description": {"type": "doc"},
    }
    assert parse(updated(issue=issue(**fields))).issue == Issue(
        *("10001", "OPS-12", "OPS", "Disk\ufffd full \ufffd", "Bug", "In Progress", "indeterminate", "3"),
        assignee=User("JIRAUSER10100", "Bob Example", "bob"),
        labels=("a",),
        description={"type": "doc"},
    )


@pytest.mark.parametrize(
    "absent", [{}, {"fields": None}, {"fields": {"labels": None, "status": None, "project": None}}]
)
def test_an_issue_with_next_to_nothing_is_read(absent: dict[str, Any]) -> None:
    event = parse(updated(issue={"id": 10001, "key": "OPS-12", **absent}))
    assert event.issue == Issue("10001", "OPS-12", project="OPS")
    assert event.project == "OPS"


def test_a_comment_is_read() -> None:
    body = commented(comment=comment(jsdPublic="false", parentId=4, updateAuthor=BOB, visibility={"type": "role"}))
    event = parse(body)
    assert event.comment
    assert (event.comment.public, event.comment.parent_id, event.comment.visibility) == (False, "4", {"type": "role"})
    assert (event.comment.author, event.comment.editor) == (parse(updated()).actor, event.actor)
    assert event.actor == User("JIRAUSER10100", "Bob Example", "bob")


def test_changes_are_read() -> None:
    item = {"field": "status", "from": "1", "fromString": "To Do", "to": 3, "toString": None}
    assert parse(updated(item, {"field": "labels", "fieldId": "labels", "toString": "a"})).changes == (
        Change("status", "", "1", "To Do", "3", None),
        Change("labels", "labels", to="a"),
    )


@pytest.mark.parametrize("log", [{}, {"changelog": None}, {"changelog": {}}, {"changelog": {"id": 7, "items": None}}])
def test_an_update_without_changes_is_read(log: dict[str, Any]) -> None:
    assert parse({**without(updated(), "changelog"), **log}).changes == ()


@pytest.mark.parametrize(
    ("body", "actor"),
    [
        pytest.param(commented(), "Ada", id="author of the comment"),
        pytest.param(commented(user=BOB), "Bob Example", id="user before the author"),
        pytest.param(
            {"webhookEvent": "worklog_updated", "worklog": {"author": ADA, "updateAuthor": BOB}},
            "Bob Example",
            id="worklog",
        ),
        pytest.param({"webhookEvent": "attachment_created", "attachment": {"author": ADA}}, "Ada", id="attachment"),
        pytest.param({"webhookEvent": "sprint_closed"}, None, id="nobody"),
        pytest.param({"webhookEvent": "user_created", "user": ADA}, None, id="whom the event is about"),
    ],
)
def test_who_did_it_is_found(body: dict[str, Any], actor: str | None) -> None:
    found = parse(body).actor
    assert (found.name if found else None) == actor


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(
            {"webhookEvent": "comment_created", "comment": comment(self=f"{REST}/issue/10001/comment/500")},
            "10001",
            id="comment",
        ),
        pytest.param({"webhookEvent": "worklog_created", "worklog": {"issueId": 10001}}, "10001", id="worklog"),
        pytest.param({"webhookEvent": "comment_created", "comment": comment()}, None, id="no trace"),
    ],
)
def test_an_issue_left_out_is_known_by_its_id(body: dict[str, Any], found: str | None) -> None:
    event = parse(body)
    assert event.issue == (Issue(found, "") if found else None)
    assert event.project == ""


@pytest.mark.parametrize(
    ("body", "project"),
    [
        pytest.param(updated(), "OPS", id="project of the issue"),
        pytest.param(updated(issue={"key": "A-B-7"}), "A-B", id="key of the issue"),
        pytest.param({"webhookEvent": "project_updated", "project": {"id": 1, "key": "OPS"}}, "OPS", id="project"),
        pytest.param({"webhookEvent": "sprint_closed", "sprint": {}}, "", id="none"),
    ],
)
def test_the_project_is_found(body: dict[str, Any], project: str) -> None:
    assert parse(body).project == project


@pytest.mark.parametrize(
    ("body", "site"),
    [
        pytest.param(updated(), "acme.example", id="issue"),
        pytest.param(
            {"webhookEvent": "x", "user": {"self": "http://me:pw@Jira:8080/jira/rest/api/2/user"}},
            "jira:8080",
            id="port",
        ),
        pytest.param({"webhookEvent": "x", "sprint": {"self": f"{REST}/sprint/1"}}, "acme.example", id="any part"),
        pytest.param(
            {"webhookEvent": "x", "comment": {"author": {"self": f"{REST}/user"}}}, "acme.example", id="author"
        ),
        pytest.param(
            {"webhookEvent": "x", "sprint": {"self": "http://[oops"}, "board": {"self": 7}}, "", id="no address"
        ),
    ],
)
def test_the_site_is_found(body: dict[str, Any], site: str) -> None:
    assert parse(body).site == site


def test_a_post_function_tells_a_change_of_status() -> None:
    transition = {"from_status": "To Do", "to_status": "Done"}
    event = parse({"transition": transition, "comment": "so it is, [~bob]", "user": BOB, "issue": issue()})
    assert event.name == "jira:issue_updated"
    assert event.changes == (Change("status", "status", from_="To Do", to="Done"),)
    assert event.comment
    assert (event.comment.body, event.mentions, event.also, event.fact_of(event.name)) == (
        "so it is, [~bob]",
        ("bob",),
        (),
        "",
    )
    assert parse({"transition": transition, "comment": "", "issue": issue()}).comment is None


@pytest.mark.parametrize("body", [{"issue": issue()}, issue()], ids=["issue within", "bare issue"])
def test_automation_sends_an_issue_without_a_name(body: dict[str, Any]) -> None:
    event = parse(body)
    assert (event.name, event.project, event.site) == ("automation", "OPS", "acme.example")
    assert parse(body, name_hint="jira:issue_created").name == "jira:issue_created"
    assert parse({**body, "webhookEvent": "comment_created"}, name_hint="x").name == "comment_created"


LATER = {"updated": "2026-11-20T11:00:00.000+0000"}


@pytest.mark.parametrize(
    ("body", "also"),
    [
        pytest.param(
            updated(issue_event_type_name="issue_commented", comment=comment()), ("comment_created",), id="commented"
        ),
        pytest.param(
            updated(issue_event_type_name="issue_comment_edited", comment=comment(**LATER)),
            ("comment_updated",),
            id="edited",
        ),
        pytest.param(updated(issue_event_type_name="issue_comment_deleted"), ("comment_deleted",), id="deleted"),
        pytest.param(updated(comment=comment()), ("comment_created",), id="new, nothing said"),
        pytest.param(updated(comment=comment(**LATER)), ("comment_updated",), id="changed, nothing said"),
        pytest.param(
            updated(comment=comment(), issue_event_type_name="issue_resolved"), ("comment_created",), id="in passing"
        ),
        pytest.param(updated(issue_event_type_name="issue_commented"), (), id="comment left out"),
        pytest.param(updated(comment=comment(created=None)), (), id="undated"),
        pytest.param(updated(), (), id="no comment"),
        pytest.param(commented(), (), id="comment event"),
    ],
)
def test_an_update_tells_its_comment_too(body: dict[str, Any], also: tuple[str, ...]) -> None:
    assert parse(body).also == also


def test_a_digit_string_is_a_timestamp() -> None:
    assert parse(updated(timestamp="1700000000000")).timestamp == 1700000000000
    assert parse(without(updated(), "timestamp")).timestamp is None


def test_what_has_no_place_of_its_own_stays_reachable() -> None:
    body = updated(issue=issue(customfield_1={"a": [1]}), unheard={"of": True})
    event = parse(json.loads(json.dumps(body)))
    assert event.payload == body
    assert event.issue
    assert event.issue.fields["customfield_1"] == {"a": [1]}
