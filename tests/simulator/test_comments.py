"""Comments over REST: bodies, properties, pages, bounds, rights."""

import json

import pytest

from tests.simulator.conftest import World

LIMIT = 32_767


@pytest.fixture
def key(either: World) -> str:
    return either.jira.site.create_issue("OPS", "Help", by=either.admin).key


def adf_of_size(size: int) -> dict:
    """Make a document whose JSON is exactly that long."""
    document = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text"}]}]}
    document["content"][0]["content"][0]["text"] = "x"
    missing = size - len(json.dumps(document, separators=(",", ":")))
    document["content"][0]["content"][0]["text"] = "x" * (missing + 1)
    return document


def test_adds_a_comment_with_its_properties_in_one_call(either: World, key: str) -> None:
    properties = [{"key": "jira-reactor", "value": {"marker": "m-1"}}]
    visibility = {"type": "role", "value": "Administrators"}
    sent = {"body": either.body("Hello"), "properties": properties, "visibility": visibility}
    answer = either.ask("POST", f"issue/{key}/comment", json=sent)
    assert answer.status_code == 201
    comment = answer.json()
    assert comment["body"] == either.body("Hello")
    assert comment["author"]["displayName"] == "Will Worker"
    assert comment["visibility"] == visibility
    assert "properties" not in comment
    shown = either.ask("GET", f"issue/{key}/comment/{comment['id']}", params={"expand": "properties"}).json()
    assert shown["properties"] == properties
    value = either.ask("GET", f"comment/{comment['id']}/properties/jira-reactor").json()
    assert value == properties[0]


def test_shows_properties_to_who_asks_for_them(either: World, key: str) -> None:
    either.jira.site.add_comment(key, "Hello", by=either.worker, properties={"marker": 1})
    (plain,) = either.ask("GET", f"issue/{key}/comment").json()["comments"]
    (full,) = either.ask("GET", f"issue/{key}/comment", params={"expand": "properties"}).json()["comments"]
    assert "properties" not in plain
    assert full["properties"] == [{"key": "marker", "value": 1}]


def test_gives_pages_oldest_or_newest_first(either: World, key: str) -> None:
    for number in range(5):
        either.jira.site.add_comment(key, f"n{number}", by=either.worker)
    page = either.ask("GET", f"issue/{key}/comment", params={"startAt": 1, "maxResults": 2}).json()
    assert [comment["body"] for comment in page["comments"]] == [either.body("n1"), either.body("n2")]
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 2, 5)
    newest = either.ask("GET", f"issue/{key}/comment", params={"orderBy": "-created", "maxResults": 1}).json()
    assert newest["comments"][0]["body"] == either.body("n4")


def test_lists_comments_by_id_with_their_properties(cloud: World) -> None:
    site = cloud.jira.site
    key = site.create_issue("OPS", "Help", by=cloud.admin).key
    first = site.add_comment(key, "one", by=cloud.worker, properties={"marker": "m"})
    second = site.add_comment(key, "two", by=cloud.worker)
    sent = {"ids": [first.id, second.id, 99]}
    page = cloud.ask("POST", "comment/list", params={"expand": "properties"}, json=sent).json()
    assert [value["id"] for value in page["values"]] == [str(first.id), str(second.id)]
    assert page["values"][0]["properties"] == [{"key": "marker", "value": "m"}]


def test_edits_and_deletes_ones_own(either: World, key: str) -> None:
    comment = either.jira.site.add_comment(key, "before", by=either.worker)
    sent = {"body": either.body("after"), "properties": [{"key": "k", "value": 1}]}
    answer = either.ask("PUT", f"issue/{key}/comment/{comment.id}", json=sent)
    assert (answer.status_code, answer.json()["body"]) == (200, either.body("after"))
    assert comment.properties == {"k": 1}
    assert either.ask("DELETE", f"issue/{key}/comment/{comment.id}").status_code == 204
    assert either.ask("GET", f"issue/{key}/comment/{comment.id}").status_code == 404


def test_leaves_other_peoples_to_administrators(either: World, key: str) -> None:
    comment = either.jira.site.add_comment(key, "mine", by=either.admin)
    path = f"issue/{key}/comment/{comment.id}"
    assert either.ask("PUT", path, json={"body": either.body("x")}).status_code == 400
    assert either.ask("DELETE", path).status_code == 400
    theirs = either.jira.site.add_comment(key, "theirs", by=either.worker)
    path = f"issue/{key}/comment/{theirs.id}"
    assert either.ask("PUT", path, json={"body": either.body("x")}, by=either.admin).status_code == 200


def test_takes_a_document_up_to_the_bound_and_not_one_character_more(cloud: World) -> None:
    key = cloud.jira.site.create_issue("OPS", "Help", by=cloud.admin).key
    assert cloud.ask("POST", f"issue/{key}/comment", json={"body": adf_of_size(LIMIT)}).status_code == 201
    answer = cloud.ask("POST", f"issue/{key}/comment", json={"body": adf_of_size(LIMIT + 1)})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"comment": "CONTENT_LIMIT_EXCEEDED"}


def test_takes_a_text_up_to_the_bound_and_not_one_character_more(datacenter: World) -> None:
    key = datacenter.jira.site.create_issue("OPS", "Help", by=datacenter.admin).key
    assert datacenter.ask("POST", f"issue/{key}/comment", json={"body": "x" * LIMIT}).status_code == 201
    answer = datacenter.ask("POST", f"issue/{key}/comment", json={"body": "x" * (LIMIT + 1)})
    assert answer.status_code == 400
    assert "32,767" in answer.json()["errors"]["comment"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Hello", id="text"),
        pytest.param({"type": "paragraph"}, id="no document"),
        pytest.param({"type": "doc", "version": 2, "content": []}, id="unknown version"),
        pytest.param({"type": "doc", "version": 1, "content": [{"type": "text", "text": ""}]}, id="empty text"),
        pytest.param({"type": "doc", "version": 1, "content": ["Hello"]}, id="node that is none"),
        pytest.param(None, id="nothing"),
    ],
)
def test_cloud_refuses_a_body_that_is_no_document(cloud: World, body: object) -> None:
    key = cloud.jira.site.create_issue("OPS", "Help", by=cloud.admin).key
    answer = cloud.ask("POST", f"issue/{key}/comment", json={"body": body})
    assert answer.status_code == 400
    assert "comment" in answer.json()["errors"]


@pytest.mark.parametrize("body", [{"type": "doc"}, "  ", None], ids=["document", "blank", "nothing"])
def test_data_center_refuses_a_body_that_is_no_text(datacenter: World, body: object) -> None:
    key = datacenter.jira.site.create_issue("OPS", "Help", by=datacenter.admin).key
    assert datacenter.ask("POST", f"issue/{key}/comment", json={"body": body}).status_code == 400


def test_tells_internal_comments_apart(cloud: World) -> None:
    key = cloud.jira.site.create_issue("OPS", "Help", by=cloud.admin).key
    properties = [{"key": "sd.public.comment", "value": {"internal": True}}]
    internal = cloud.ask("POST", f"issue/{key}/comment", json={"body": cloud.body("x"), "properties": properties})
    public = cloud.ask("POST", f"issue/{key}/comment", json={"body": cloud.body("x")})
    assert (internal.json()["jsdPublic"], public.json()["jsdPublic"]) == (False, True)


def test_stops_at_the_most_comments_an_issue_holds(either: World, key: str) -> None:
    issue = either.jira.site.issues[key]
    issue.comments.extend([either.jira.site.add_comment(key, "x", by=either.worker)] * 5_000)
    assert either.ask("POST", f"issue/{key}/comment", json={"body": either.body("x")}).status_code == 413
