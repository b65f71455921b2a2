"""Issues over REST: create, read, edit, assign, delete, changelog."""

import pytest

from tests.simulator.conftest import World


def create(world: World, **fields: object) -> str:
    fields = {"project": {"key": "OPS"}, "summary": "Help", "issuetype": {"name": "Task"}, **fields}
    answer = world.ask("POST", "issue", json={"fields": fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


def person(world: World) -> dict[str, str]:
    return {"accountId": world.worker.id} if world.cloud else {"name": world.worker.username}


def changelog(world: World, key: str) -> list[dict]:
    if world.cloud:
        return world.ask("GET", f"issue/{key}/changelog").json()["values"]
    return world.ask("GET", f"issue/{key}", params={"expand": "changelog"}).json()["changelog"]["histories"]


def test_creates_and_reads_an_issue(either: World) -> None:
    key = create(
        either,
        description=either.body("Some text"),
        labels=["one", "two"],
        priority={"name": "High"},
        assignee=person(either),
        customfield_10050="blue",
    )
    shown = either.ask("GET", f"issue/{key}").json()
    assert (key, shown["key"]) == ("OPS-1", "OPS-1")
    fields = shown["fields"]
    assert fields["summary"] == "Help"
    assert fields["description"] == either.body("Some text")
    assert fields["labels"] == ["one", "two"]
    assert fields["priority"]["name"] == "High"
    assert fields["assignee"]["displayName"] == "Will Worker"
    assert fields["status"]["statusCategory"]["key"] == "new"
    assert fields["customfield_10050"] == "blue"
    assert either.ask("GET", f"issue/{shown['id']}").json()["key"] == key


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param({"fields": "summary,status"}, {"summary", "status"}, id="named"),
        pytest.param({"fields": ["summary", "status"]}, {"summary", "status"}, id="named one by one"),
    ],
)
def test_gives_only_the_fields_asked_for(cloud: World, query: dict, names: set[str]) -> None:
    shown = cloud.ask("GET", f"issue/{create(cloud)}", params=query).json()
    assert shown["fields"].keys() == names


def test_leaves_out_the_fields_not_wanted(either: World) -> None:
    shown = either.ask("GET", f"issue/{create(either)}", params={"fields": "*all,-comment"}).json()
    assert "comment" not in shown["fields"]
    assert "summary" in shown["fields"]


def test_expands_transitions_and_gives_properties_asked_for(either: World) -> None:
    key = create(either)
    either.ask("PUT", f"issue/{key}/properties/colour", json={"is": "blue"})
    query = {"expand": "transitions", "properties": "colour"}
    shown = either.ask("GET", f"issue/{key}", params=query).json()
    assert [way["name"] for way in shown["transitions"]] == ["To Do", "In Progress", "In Review", "Done"]
    assert shown["properties"] == {"colour": {"is": "blue"}}


def test_numbers_issues_without_ever_using_a_number_again(either: World) -> None:
    first = create(either)
    assert either.ask("DELETE", f"issue/{first}").status_code == 204
    assert either.ask("GET", f"issue/{first}").status_code == 404
    assert create(either) == "OPS-2"


def test_edits_fields_and_keeps_the_history_metadata(either: World) -> None:
    key = create(either, labels=["old"])
    metadata = {"type": "jira-reactor", "extraData": {"marker": "m-1"}}
    update = {"labels": [{"add": "new"}, {"remove": "old"}]}
    sent = {"fields": {"summary": "Better", "customfield_10050": "blue"}, "update": update, "historyMetadata": metadata}
    assert either.ask("PUT", f"issue/{key}", json=sent).status_code == 204
    fields = either.ask("GET", f"issue/{key}").json()["fields"]
    assert (fields["summary"], fields["labels"]) == ("Better", ["new"])
    (history,) = changelog(either, key)
    assert history["historyMetadata"] == metadata
    changes = {item["field"]: (item.get("fromString"), item["toString"]) for item in history["items"]}
    custom = {"customfield_10050": (None, "blue")}
    assert changes == {"summary": ("Help", "Better"), "labels": ("old", "new"), **custom}


def test_records_nothing_where_nothing_changes(either: World) -> None:
    key = create(either)
    assert either.ask("PUT", f"issue/{key}", json={"fields": {"summary": "Help"}}).status_code == 204
    assert changelog(either, key) == []


def test_sets_properties_along_with_an_edit_and_a_creation(cloud: World) -> None:
    entry = {"key": "colour", "value": "blue"}
    fields = {"project": {"id": "10002"}, "summary": "x", "issuetype": {"id": "10001"}}
    project = cloud.ask("GET", "project/OPS").json()
    fields["project"] = {"id": project["id"]}
    key = cloud.ask("POST", "issue", json={"fields": fields, "properties": [entry]}).json()["key"]
    assert cloud.ask("GET", f"issue/{key}/properties/colour").json() == entry
    sent = {"fields": {"summary": "y"}, "properties": [{"key": "colour", "value": "red"}]}
    shown = cloud.ask("PUT", f"issue/{key}", json=sent, params={"returnIssue": "true"})
    assert (shown.status_code, shown.json()["fields"]["summary"]) == (200, "y")
    assert cloud.ask("GET", f"issue/{key}/properties/colour").json()["value"] == "red"


def test_assigns_and_takes_away(either: World) -> None:
    key = create(either)
    name = either.jira.site.face.person_key
    assert either.ask("PUT", f"issue/{key}/assignee", json=person(either)).status_code == 204
    assert either.ask("GET", f"issue/{key}").json()["fields"]["assignee"]["displayName"] == "Will Worker"
    assert either.ask("PUT", f"issue/{key}/assignee", json={name: None}).status_code == 204
    assert either.ask("GET", f"issue/{key}").json()["fields"]["assignee"] is None
    assert either.ask("PUT", f"issue/{key}/assignee", json={}).status_code == 400
    assert either.ask("PUT", f"issue/{key}/assignee", json={name: "-1"}).status_code == 204


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        pytest.param({"fields": {"summary": " "}}, "summary", id="empty summary"),
        pytest.param({"fields": {"summary": "x" * 256}}, "summary", id="long summary"),
        pytest.param({"fields": {"labels": ["with space"]}}, "labels", id="label with a space"),
        pytest.param({"fields": {"priority": {"name": "Urgent"}}}, "priority", id="unknown priority"),
        pytest.param({"fields": {"colour": "blue"}}, "colour", id="unknown field"),
        pytest.param({"update": {"summary": [{"add": "x"}]}}, "summary", id="operation a field does not have"),
        pytest.param(
            {"fields": {"labels": []}, "update": {"labels": [{"add": "x"}]}}, "labels", id="a field in both places"
        ),
        pytest.param({"fields": {"assignee": {"accountId": "nobody", "name": "nobody"}}}, "assignee", id="nobody"),
        pytest.param({"fields": {"description": ["x"]}}, "description", id="description that is no text"),
    ],
)
def test_refuses_an_edit_naming_the_field(either: World, sent: dict, field: str) -> None:
    answer = either.ask("PUT", f"issue/{create(either)}", json=sent)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_sets_a_summary_by_operation(cloud: World) -> None:
    key = create(cloud)
    cloud.ask("PUT", f"issue/{key}", json={"update": {"summary": [{"set": "By operation"}]}})
    assert cloud.jira.site.issues[key].summary == "By operation"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"summary": "x", "issuetype": {"name": "Task"}}, "project", id="no project"),
        pytest.param({"project": {"key": "OPS"}, "summary": "x"}, "issuetype", id="no issue type"),
        pytest.param({"project": {"key": "OPS"}, "issuetype": {"name": "Task"}}, "summary", id="no summary"),
    ],
)
def test_refuses_to_create_an_incomplete_issue(either: World, fields: dict, field: str) -> None:
    answer = either.ask("POST", "issue", json={"fields": fields})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_refuses_what_is_no_json_object(either: World) -> None:
    assert either.ask("POST", "issue", json=[1]).status_code == 400
    assert either.ask("POST", "issue", data="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert either.ask("POST", "issue", data="{", headers={"Content-Type": "application/json"}).status_code == 400


def test_answers_an_unknown_path_in_jiras_shape(either: World) -> None:
    answer = either.ask("GET", "nowhere")
    assert answer.status_code == 404
    assert answer.json()["errors"] == {}
