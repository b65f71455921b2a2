"""Transitions over REST: what is open, screens, resolutions."""

import pytest

from app.simulator import GATED
from tests.simulator.conftest import World


@pytest.fixture
def key(either: World) -> str:
    """An issue whose workflow has one way through and a screen at its end."""
    either.jira.site.add_project("GATE", "Gated", workflow=GATED)
    return either.jira.site.create_issue("GATE", "Help", by=either.admin).key


def names(world: World, key: str) -> list[str]:
    return [way["name"] for way in world.ask("GET", f"issue/{key}/transitions").json()["transitions"]]


def take(world: World, key: str, way: str, **more: object) -> int:
    sent = {"transition": {"id": way}, **more}
    return world.ask("POST", f"issue/{key}/transitions", json=sent).status_code


def test_shows_only_the_ways_open_now(either: World, key: str) -> None:
    assert names(either, key) == ["Start work"]
    assert take(either, key, "4") == 204
    assert names(either, key) == ["Stop work", "Ask for review"]
    assert take(either, key, "4") == 400


def test_shows_the_fields_of_a_screen_on_request(either: World, key: str) -> None:
    either.jira.site.move(key, "In Review", by=either.admin)
    plain = either.ask("GET", f"issue/{key}/transitions").json()["transitions"]
    assert all("fields" not in way for way in plain)
    query = {"expand": "transitions.fields", "transitionId": "2"}
    (way,) = either.ask("GET", f"issue/{key}/transitions", params=query).json()["transitions"]
    assert way["fields"]["resolution"]["required"] is True
    assert [value["name"] for value in way["fields"]["resolution"]["allowedValues"]] == [
        "Done",
        "Won't Do",
        "Duplicate",
    ]
    assert way["to"]["statusCategory"]["key"] == "done"


def test_demands_the_fields_a_screen_requires(either: World, key: str) -> None:
    either.jira.site.move(key, "In Review", by=either.admin)
    answer = either.ask("POST", f"issue/{key}/transitions", json={"transition": {"id": "2"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["resolution"])
    assert take(either, key, "2", fields={"resolution": {"name": "Duplicate"}}) == 204
    fields = either.ask("GET", f"issue/{key}").json()["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Duplicate")
    assert fields["resolutiondate"]


def test_refuses_fields_that_are_not_on_the_screen(either: World, key: str) -> None:
    assert take(either, key, "4", fields={"labels": ["x"]}) == 400
    assert either.jira.site.issues[key].status.name == "To Do"


def test_comments_along_with_a_transition(either: World, key: str) -> None:
    update = {"comment": [{"add": {"body": either.body("Started")}}]}
    assert take(either, key, "4", update=update) == 204
    assert [comment.body for comment in either.jira.site.issues[key].comments] == [either.body("Started")]


def test_keeps_the_history_metadata(either: World, key: str) -> None:
    metadata = {"type": "jira-reactor", "extraData": {"marker": "m"}}
    assert take(either, key, "4", historyMetadata=metadata) == 204
    assert either.jira.site.issues[key].histories[-1].metadata == metadata


def test_resolves_and_reopens(either: World) -> None:
    key = either.jira.site.create_issue("OPS", "Help", by=either.admin).key
    assert take(either, key, "41") == 204
    issue = either.jira.site.issues[key]
    assert (issue.status.name, issue.resolution) == ("Done", "Done")
    assert take(either, key, "11") == 204
    assert (issue.resolution, issue.resolved) == (None, None)


@pytest.mark.parametrize("sent", [{}, {"transition": {}}, {"transition": {"id": "99"}}], ids=["none", "no id", "wrong"])
def test_refuses_a_transition_that_is_none(either: World, key: str, sent: dict) -> None:
    assert either.ask("POST", f"issue/{key}/transitions", json=sent).status_code == 400
