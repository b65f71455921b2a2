"""What webhooks say, in the shape each Jira gives it (../shared/reference/payloads.md)."""

from collections.abc import Callable

import pytest

from app.simulator.people import Person
from app.simulator.site import Site
from tests.simulator.conftest import World
from tests.simulator.receiver import Receiver

ALL = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "issue_property_set",
    "issue_property_deleted",
)
REDUCED = {"summary", "issuetype", "project", "assignee", "priority", "status"}


def told(world: World, receiver: Receiver, act: Callable[[Site, Person, str], object]) -> list[dict]:
    """Let something happen to OPS-1 and give the bodies that came of it."""
    site = world.jira.site
    text = f"Please look, {site.face.mention(world.worker)}"
    key = site.create_issue("OPS", "Help", by=world.admin, description=text, labels=("red",)).key
    world.listen(receiver, *ALL)
    act(site, world.admin, key)
    assert world.jira.sender.wait_idle(5)
    return [received.json for received in receiver.received]


def test_tells_of_a_created_issue(either: World, receiver: Receiver) -> None:
    either.listen(receiver, *ALL)
    either.jira.site.create_issue("OPS", "Help", by=either.admin, description="Text", assignee=either.worker)
    assert either.jira.sender.wait_idle(5)
    (body,) = [received.json for received in receiver.received]
    assert (body["webhookEvent"], body["issue_event_type_name"]) == ("jira:issue_created", "issue_created")
    assert len(str(body["timestamp"])) == 13
    assert body["user"]["displayName"] == "Ada Admin"
    assert body["issue"]["fields"]["description"] == "Text"
    assert body["changelog"]["items"]
    assert ("comment" in body["issue"]["fields"]) is not either.cloud


def test_tells_of_a_transition_with_its_changelog(either: World, receiver: Receiver) -> None:
    (body,) = told(either, receiver, lambda site, admin, key: site.move(key, "In Progress", by=admin))
    assert (body["webhookEvent"], body["issue_event_type_name"]) == ("jira:issue_updated", "issue_generic")
    (item,) = body["changelog"]["items"]
    assert (item["field"], item["fromString"], item["toString"]) == ("status", "To Do", "In Progress")
    assert (item["from"], item["to"]) == ("10000", "3")
    assert ("fieldId" in item) is either.cloud


def test_tells_of_an_assignment(either: World, receiver: Receiver) -> None:
    (body,) = told(either, receiver, lambda site, admin, key: site.assign(key, either.worker, by=admin))
    (item,) = body["changelog"]["items"]
    assert body["issue_event_type_name"] == "issue_assigned"
    assert (item["from"], item["to"], item["toString"]) == (None, either.worker.id, "Will Worker")
    assert item.get("tmpToAccountId") == (either.worker.id if either.cloud else None)


def test_tells_of_labels_as_words(either: World, receiver: Receiver) -> None:
    (body,) = told(either, receiver, lambda site, admin, key: site.set_labels(key, "red", "blue", by=admin))
    (item,) = body["changelog"]["items"]
    assert (item["from"], item["fromString"], item["toString"]) == (None, "red", "red blue")


def test_tells_of_a_changed_description_as_text(either: World, receiver: Receiver) -> None:
    def act(site: Site, admin: Person, key: str) -> None:
        site.change(site.issues[key], {"description": site.face.body("New")}, by=admin)

    (body,) = told(either, receiver, act)
    (item,) = body["changelog"]["items"]
    assert item["toString"] == "New"
    assert either.jira.site.face.mention(either.worker) in item["fromString"]


def test_cloud_tells_of_a_comment_once_with_few_fields_and_no_user(cloud: World, receiver: Receiver) -> None:
    mention = f"[~accountid:{cloud.worker.id}] hello"
    (body,) = told(cloud, receiver, lambda site, admin, key: site.add_comment(key, mention, by=admin))
    assert body.keys() == {"timestamp", "webhookEvent", "comment", "issue", "eventType"}
    assert body["comment"]["body"] == mention
    assert body["comment"]["author"]["accountId"] == cloud.admin.id
    assert "emailAddress" not in body["comment"]["author"]
    assert body["issue"]["fields"].keys() == REDUCED


def test_data_center_tells_of_a_comment_twice(datacenter: World, receiver: Receiver) -> None:
    first, second = told(datacenter, receiver, lambda site, admin, key: site.add_comment(key, "[~will] hi", by=admin))
    assert first.keys() == {"timestamp", "webhookEvent", "comment"}
    assert first["webhookEvent"] == "comment_created"
    assert (second["webhookEvent"], second["issue_event_type_name"]) == ("jira:issue_updated", "issue_commented")
    assert first["comment"] == second["comment"]
    assert second["comment"]["body"] == "[~will] hi"
    assert second["comment"]["author"]["name"] == "ada"
    assert second["issue"]["fields"]["labels"] == ["red"]
    assert "changelog" not in second


def test_tells_of_edited_and_deleted_comments(either: World, receiver: Receiver) -> None:
    def act(site: Site, admin: Person, key: str) -> None:
        comment = site.add_comment(key, "one", by=admin)
        site.edit_comment(key, comment.id, "two", by=admin)
        site.delete_comment(key, comment.id, by=admin)

    bodies = told(either, receiver, act)
    own = [body for body in bodies if body["webhookEvent"].startswith("comment_")]
    assert [body["webhookEvent"] for body in own] == ["comment_created", "comment_updated", "comment_deleted"]
    assert [body["comment"]["body"] for body in own] == ["one", "two", "two"]
    again = [body for body in bodies if body["webhookEvent"] == "jira:issue_updated"]
    kinds = [] if either.cloud else ["issue_commented", "issue_comment_edited", "issue_comment_deleted"]
    assert [body["issue_event_type_name"] for body in again] == kinds
    assert not again or not {"comment", "changelog"} & again[-1].keys()


def test_tells_of_a_deleted_issue_with_its_comments(either: World, receiver: Receiver) -> None:
    def act(site: Site, admin: Person, key: str) -> None:
        site.delete_issue(key, by=admin)

    (body,) = told(either, receiver, act)
    assert body["webhookEvent"] == "jira:issue_deleted"
    assert body["issue"]["fields"]["comment"]["total"] == 0


def test_tells_of_properties(either: World, receiver: Receiver) -> None:
    def act(site: Site, admin: Person, key: str) -> None:
        site.set_property(key, "run", {"id": 1}, by=admin)
        site.delete_property(key, "run", by=admin)

    first, second = told(either, receiver, act)
    assert first["property"] == {"key": "run", "value": {"id": 1}}
    assert (second["webhookEvent"], second["property"]) == ("issue_property_deleted", {"key": "run"})


def test_links_lead_to_version_2_of_this_site(either: World, receiver: Receiver) -> None:
    (body,) = told(either, receiver, lambda site, admin, key: site.assign(key, admin, by=admin))
    issue = body["issue"]
    path = issue["id"] if either.cloud else f"issue/{issue['id']}"
    assert issue["self"] == f"{either.jira.url}/rest/api/2/{path}"


@pytest.mark.parametrize(("filter_", "times"), [("project = OPS", 1), ("project = WEB", 0), ("", 1)])
def test_respects_the_filter(either: World, receiver: Receiver, filter_: str, times: int) -> None:
    either.jira.site.add_project("WEB", "Website")
    either.listen(receiver, "jira:issue_created", filter=filter_)
    either.jira.site.create_issue("OPS", "x", by=either.admin)
    assert either.jira.sender.wait_idle(5)
    assert len(receiver.received) == times
