"""Search, and the modest JQL behind it."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from app.simulator import jql
from app.simulator.refused import Refused
from tests.simulator.conftest import World


@pytest.fixture
def filled(either: World) -> World:
    """OPS-1 (worked on, labelled), OPS-2 (done), WEB-1 (updated two days ago)."""
    site = either.jira.site
    site.add_project("WEB", "Website")
    site.create_issue("OPS", "one", by=either.admin, assignee=either.worker, labels=("red",), priority="High")
    site.create_issue("OPS", "two", by=either.worker, issue_type="Bug")
    site.create_issue("WEB", "three", by=either.admin)
    site.move("OPS-1", "In Progress", by=either.admin)
    site.move("OPS-2", "Done", by=either.admin)
    site.issues["WEB-1"].updated = datetime.now(UTC) - timedelta(days=2)
    return either


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        pytest.param("project = OPS", "OPS-2 OPS-1", id="newest first"),
        pytest.param("project IN (OPS, 'Website') ORDER BY created ASC", "OPS-1 OPS-2 WEB-1", id="list and order"),
        pytest.param("project not in (OPS)", "WEB-1", id="not in"),
        pytest.param("key = OPS-1", "OPS-1", id="key"),
        pytest.param('issuekey in ("OPS-1", WEB-1) order by key', "OPS-1 WEB-1", id="keys"),
        pytest.param("project = OPS AND status = 'In Progress'", "OPS-1", id="and"),
        pytest.param("status = Done OR project = WEB ORDER BY key ASC", "OPS-2 WEB-1", id="or"),
        pytest.param("project = OPS AND (status = Done OR labels = red) ORDER BY key", "OPS-1 OPS-2", id="brackets"),
        pytest.param("statusCategory != Done ORDER BY key", "OPS-1 WEB-1", id="category"),
        pytest.param("assignee = currentUser()", "OPS-1", id="current user"),
        pytest.param("assignee IS EMPTY ORDER BY key", "OPS-2 WEB-1", id="empty"),
        pytest.param("assignee is not EMPTY", "OPS-1", id="not empty"),
        pytest.param("project != null ORDER BY key", "OPS-1 OPS-2 WEB-1", id="not null"),
        pytest.param("updated >= -1d ORDER BY key", "OPS-1 OPS-2", id="a time ago"),
        pytest.param('updated < "2000-01-01 10:00"', "", id="a time"),
        pytest.param("created > 2000/01/01 ORDER BY project DESC, key ASC", "WEB-1 OPS-1 OPS-2", id="two orders"),
        pytest.param("issuetype = Bug", "OPS-2", id="type"),
        pytest.param("reporter = 'Will Worker'", "OPS-2", id="reporter"),
        pytest.param("priority = High AND resolution is empty", "OPS-1", id="priority"),
        pytest.param('summary ~ "TWO" OR text ~ "one" ORDER BY key', "OPS-1 OPS-2", id="words"),
        pytest.param('text ~ "two three"', "", id="all words"),
        pytest.param("project = OPS order by updated desc", "OPS-2 OPS-1", id="newest update"),
    ],
)
def test_finds(filled: World, query: str, keys: str) -> None:
    if filled.cloud:
        found = filled.ask("POST", "search/jql", json={"jql": query, "fields": ["summary"]}).json()["issues"]
    else:
        found = filled.ask("POST", "search", json={"jql": query}).json()["issues"]
    assert " ".join(issue["key"] for issue in found) == keys


@pytest.mark.parametrize(
    "query",
    [
        "project =",
        "project = OPS AND",
        "colour = blue",
        "updated >= yesterday",
        "summary >= 3",
        "project = OPS ORDER BY colour",
    ],
)
def test_refuses_what_it_does_not_understand(filled: World, query: str) -> None:
    path = "search/jql" if filled.cloud else "search"
    assert filled.ask("GET", path, params={"jql": query}).status_code == 400


def test_hides_what_may_not_be_browsed(filled: World) -> None:
    filled.jira.site.forbid(filled.worker, "BROWSE_PROJECTS", project="OPS")
    path = "search/jql" if filled.cloud else "search"
    found = filled.ask("GET", path, params={"jql": "project in (OPS, WEB)", "fields": "key"}).json()["issues"]
    assert [issue["key"] for issue in found] == ["WEB-1"]


def test_cloud_leads_from_page_to_page_by_token_and_gives_ids_only(cloud: World) -> None:
    for number in range(3):
        cloud.jira.site.create_issue("OPS", str(number), by=cloud.admin)
    sent = {"jql": "project = OPS ORDER BY key", "maxResults": 2}
    first = cloud.ask("POST", "search/jql", json=sent).json()
    second = cloud.ask("POST", "search/jql", json={**sent, "nextPageToken": first["nextPageToken"]}).json()
    assert [issue.keys() for issue in first["issues"]] == [{"id"}, {"id"}]
    assert (first["isLast"], second["isLast"], len(second["issues"])) == (False, True, 1)
    assert "total" not in first
    assert "nextPageToken" not in second


def test_cloud_refuses_a_query_without_bounds(cloud: World) -> None:
    assert cloud.ask("POST", "search/jql", json={"jql": "ORDER BY created"}).status_code == 400


def test_data_center_pages_by_offset_with_a_total(datacenter: World) -> None:
    for number in range(3):
        datacenter.jira.site.create_issue("OPS", str(number), by=datacenter.admin)
    query = {"jql": "", "startAt": 1, "maxResults": 1}
    page = datacenter.ask("GET", "search", params=query).json()
    assert (page["startAt"], page["total"], page["issues"][0]["key"]) == (1, 3, "OPS-2")


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        pytest.param("project = OPS", "", id="fine"),
        pytest.param("project != null", "", id="everything"),
        pytest.param("", "must not be empty", id="empty"),
        pytest.param("labels = red", "The clause labels is unsupported", id="field"),
        pytest.param("project is not EMPTY", "The operator is not is unsupported", id="operator"),
        pytest.param("project = OPS ORDER BY key", "ORDER BY", id="order"),
    ],
)
def test_knows_what_a_dynamic_webhook_may_filter_by(query: str, complaint: str) -> None:
    complaints = jql.unsupported(query)
    assert bool(complaints) == bool(complaint)
    assert complaint in "".join(complaints)


def test_refusals_can_be_pickled() -> None:
    refused = pickle.loads(pickle.dumps(Refused("no", status=404, errors={"a": "b"})))
    assert (refused.status, refused.errors, str(refused)) == (404, {"a": "b"}, "no")
