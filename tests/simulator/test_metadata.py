"""Fields, issue types, what it takes to create an issue, and changelogs."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.simulator.conftest import World


def test_tells_what_it_takes_to_create_an_issue_and_takes_just_that(either: World) -> None:
    types = either.ask("GET", "issue/createmeta/OPS/issuetypes").json()
    (task, *_) = types["issueTypes" if either.cloud else "values"]
    page = either.ask("GET", f"issue/createmeta/OPS/issuetypes/{task['id']}").json()
    required = {field["fieldId"] for field in page["fields" if either.cloud else "values"] if field["required"]}
    assert required == {"summary", "issuetype", "project"}
    sent = {"summary": "x", "issuetype": {"id": task["id"]}, "project": {"key": "OPS"}}
    assert either.ask("POST", "issue", json={"fields": sent}).status_code == 201


def test_pages_what_can_be_created(either: World) -> None:
    page = either.ask("GET", "issue/createmeta/OPS/issuetypes", params={"startAt": 1, "maxResults": 1}).json()
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 1, 3)
    assert len(page["issueTypes" if either.cloud else "values"]) == 1


def test_hides_what_may_not_be_created(either: World) -> None:
    assert either.ask("GET", "issue/createmeta/OPS/issuetypes/99").status_code == 404
    either.jira.site.forbid(either.worker, "CREATE_ISSUES", project="OPS")
    assert either.ask("GET", "issue/createmeta/OPS/issuetypes").status_code == 404
    assert either.ask("GET", "issue/createmeta/WEB/issuetypes").status_code == 404


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("field", "Summary", id="fields"),
        pytest.param("issuetype", "Bug", id="issue types"),
        pytest.param("priority", "Medium", id="priorities"),
        pytest.param("resolution", "Won't Do", id="resolutions"),
    ],
)
def test_lists(either: World, path: str, name: str) -> None:
    assert name in [thing["name"] for thing in either.ask("GET", path).json()]


def test_gives_the_changes_of_many_issues_page_by_page(cloud: World) -> None:
    site = cloud.jira.site
    first, second = (site.create_issue("OPS", "x", by=cloud.admin) for _ in range(2))
    site.set_labels(first.key, "red", by=cloud.admin)
    site.set_labels(second.key, "blue", by=cloud.admin)
    site.assign(first.key, cloud.worker, by=cloud.admin)
    asked = {"issueIdsOrKeys": [first.key, str(second.id), "OPS-99"], "maxResults": 2}
    page = cloud.ask("POST", "changelog/bulkfetch", json=asked).json()
    told = {log["issueId"]: [h["items"][0]["field"] for h in log["changeHistories"]] for log in page["issueChangeLogs"]}
    assert told == {str(first.id): ["labels"], str(second.id): ["labels"]}
    rest = cloud.ask("POST", "changelog/bulkfetch", json={**asked, "nextPageToken": page["nextPageToken"]}).json()
    assert [log["issueId"] for log in rest["issueChangeLogs"]] == [str(first.id)]
    assert "nextPageToken" not in rest
    only = cloud.ask("POST", "changelog/bulkfetch", json={**asked, "fieldIds": ["assignee"]}).json()
    assert [log["issueId"] for log in only["issueChangeLogs"]] == [str(first.id)]


def test_tells_no_changes_of_issues_that_may_not_be_seen(cloud: World) -> None:
    issue = cloud.jira.site.create_issue("OPS", "x", by=cloud.admin)
    cloud.jira.site.set_labels(issue.key, "red", by=cloud.admin)
    cloud.jira.site.forbid(cloud.worker, "BROWSE_PROJECTS", project="OPS")
    asked = {"issueIdsOrKeys": [issue.key]}
    assert cloud.ask("POST", "changelog/bulkfetch", json=asked).json() == {"issueChangeLogs": []}
    assert cloud.ask("POST", "changelog/bulkfetch", json={"issueIdsOrKeys": []}).status_code == 400


def test_expands_what_a_search_asks_for_in_its_body(cloud: World) -> None:
    issue = cloud.jira.site.create_issue("OPS", "x", by=cloud.admin)
    cloud.jira.site.set_labels(issue.key, "red", by=cloud.admin)
    asked = {"jql": "project = OPS", "fields": ["summary"], "expand": "changelog", "reconcileIssues": [issue.id]}
    (found,) = cloud.ask("POST", "search/jql", json=asked).json()["issues"]
    assert [entry["items"][0]["field"] for entry in found["changelog"]["histories"]] == ["labels"]


def test_tells_a_wrong_time_on_request(either: World) -> None:
    either.jira.site.clock.skew = timedelta(minutes=5)
    told = datetime.fromisoformat(either.ask("GET", "serverInfo").json()["serverTime"])
    assert timedelta(minutes=4) < told - datetime.now(UTC) < timedelta(minutes=6)
