"""Clients that know nothing of us work against the simulator as they do against a real Jira.

https://jira.readthedocs.io/ and https://atlassian-python-api.readthedocs.io/
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from atlassian import Jira
from atlassian.jira import JiraCloud
from jira import JIRA
from jira.exceptions import JIRAError

from app.simulator import Running, start
from app.simulator.people import Person
from app.simulator.site import Site
from tests.conformance.spec import exchange_problems

HOOK = {"events": ["jira:issue_created"], "jqlFilter": "project = OPS"}


@contextmanager
def judged(face: Any, folder: Path) -> Iterator[Running]:
    """Serve a Jira whose every answer must conform; what the peers ask is theirs, and more than once not described."""
    journal = folder / "journal.jsonl"
    with start(face, journal=journal) as running:
        yield running
    answered = [json.loads(line) for line in journal.read_text().splitlines()]
    assert answered
    assert [problem for exchange in answered for problem in exchange_problems(exchange, of_requests=False)] == []


def peopled(running: Running) -> Person:
    running.site.add_project("OPS", "Operations")
    return running.site.add_user("Ada", email="ada@example.com", admin=True)


@pytest.fixture(params=["cloud", "datacenter"])
def pycontribs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[JIRA, Site]]:
    """The package `jira` as an administrator of either Jira, of which its own manual says how to connect."""
    with judged(request.param, tmp_path) as running:
        ada = peopled(running)
        if request.param == "cloud":
            options = {"server": running.url, "rest_api_version": "3"}
            client = JIRA(options=options, basic_auth=(ada.email, ada.token))
        else:
            client = JIRA(running.url, token_auth=ada.token)
        with closing(client):
            yield client, running.site


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[tuple[JiraCloud, Running]]:
    """The package `atlassian-python-api` as an administrator of Jira Cloud."""
    with judged("cloud", tmp_path) as running:
        ada = peopled(running)
        with closing(JiraCloud(running.url, username=ada.email, password=ada.token)) as client:
            yield client, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Jira]:
    """The package `atlassian-python-api` as an administrator of Jira Data Center."""
    with (
        judged("datacenter", tmp_path) as running,
        closing(Jira(running.url, token=peopled(running).token)) as client,
    ):
        yield client


def new_issue(client: JIRA, site: Site) -> str:
    text = site.face.body("It is on fire.")
    issue = client.create_issue(project="OPS", summary="Printer", issuetype={"name": "Bug"}, description=text)
    return str(issue.key)


def test_jira_reads_what_the_site_is(pycontribs: tuple[JIRA, Site]) -> None:
    client, site = pycontribs
    assert client.myself()["displayName"] == "Ada"
    assert client.server_info()["baseUrl"] == site.base_url
    assert [project.key for project in client.projects()] == ["OPS"]
    assert client.project("OPS").name == "Operations"
    assert "Bug" in [kind.name for kind in client.issue_types()]
    assert "In Review" in [status.name for status in client.statuses()]
    assert "Medium" in [priority.name for priority in client.priorities()]
    assert "Done" in [resolution.name for resolution in client.resolutions()]
    assert "Summary" in [field["name"] for field in client.fields()]
    held = client.my_permissions(projectKey="OPS", permissions="ADD_COMMENTS")["permissions"]
    assert held["ADD_COMMENTS"]["havePermission"] is True
    (ada,) = client.search_users(**{"query" if site.face.name == "cloud" else "user": "ada"})
    assert ada.displayName == "Ada"


def test_jira_creates_edits_and_deletes_an_issue(pycontribs: tuple[JIRA, Site]) -> None:
    client, site = pycontribs
    key = new_issue(client, site)
    issue = client.issue(key)
    issue.update(fields={"summary": "Scanner", "labels": ["red"]})
    issue.add_field_value("labels", "blue")
    client.assign_issue(key, "Ada" if site.face.name == "cloud" else "ada")
    issue = client.issue(key, expand="changelog")
    assert (issue.fields.summary, issue.fields.labels) == ("Scanner", ["red", "blue"])
    assert issue.fields.assignee.displayName == "Ada"
    changed = {item.field for history in issue.changelog.histories for item in history.items}
    assert changed == {"summary", "labels", "assignee"}
    assert [found.key for found in client.search_issues('project = OPS AND labels = "blue"')] == [key]
    issue.delete()
    with pytest.raises(JIRAError, match="does not exist"):
        client.issue(key)


def test_jira_moves_an_issue(pycontribs: tuple[JIRA, Site]) -> None:
    client, site = pycontribs
    key = new_issue(client, site)
    assert "In Review" in [way["name"] for way in client.transitions(key)]
    client.transition_issue(key, "Done")
    fields = client.issue(key).fields
    assert (fields.status.name, fields.resolution.name) == ("Done", "Done")


def test_jira_comments(pycontribs: tuple[JIRA, Site]) -> None:
    client, site = pycontribs
    key = new_issue(client, site)
    comment = client.add_comment(key, site.face.body("Hello"))
    client.add_comment(key, site.face.body("Goodbye"))
    comment.update(body=site.face.body("Hello again"))
    assert client.comment(key, comment.id).author.displayName == "Ada"
    assert len(client.comments(key)) == 2
    comment.delete()
    (left,) = client.comments(key)
    assert left.id != comment.id


# The package looks for application links first, of which a Jira that has none answers 404.
@pytest.mark.filterwarnings("ignore:Unable to gather applicationlinks")
def test_jira_links_and_keeps_properties(pycontribs: tuple[JIRA, Site]) -> None:
    client, site = pycontribs
    key = new_issue(client, site)
    link = client.add_simple_link(key, {"url": "https://example.com/1", "title": "one"})
    client.add_remote_link(key, {"url": "https://example.com/2", "title": "two"}, globalId="g")
    assert client.remote_link(key, link.id).object.title == "one"
    client.remote_link(key, link.id).update({"url": "https://example.com/3", "title": "three"})
    assert [found.object.title for found in client.remote_links(key)] == ["three", "two"]
    client.remote_link(key, link.id).delete()
    assert len(client.remote_links(key)) == 1
    client.add_issue_property(key, "run", {"number": 7})
    assert [found.key for found in client.issue_properties(key)] == ["run"]
    assert client.issue_property(key, "run").value.number == 7
    client.issue_property(key, "run").delete()
    assert client.issue_properties(key) == []


def test_atlassian_reads_what_a_cloud_site_is(cloud: tuple[JiraCloud, Running]) -> None:
    client, _ = cloud
    assert client.get_server_info()["deploymentType"] == "Cloud"
    assert client.get_current_user()["displayName"] == "Ada"
    assert [project["key"] for project in client.search_projects()["values"]] == ["OPS"]
    assert client.get_project("OPS")["name"] == "Operations"
    held = client.get_my_permissions(permissions="EDIT_ISSUES", project_key="OPS")["permissions"]
    assert held["EDIT_ISSUES"]["havePermission"] is True
    asked = {"globalPermissions": ["ADMINISTER"]}
    assert client.get_bulk_permissions(data=asked)["globalPermissions"] == ["ADMINISTER"]
    (task, *_) = client.get_create_issue_meta_issue_types("OPS")["issueTypes"]
    assert client.get_create_issue_meta_issue_type_id("OPS", task["id"])["total"] == 9
    assert len(client.find_users(query="ada")) == 1


def test_atlassian_works_on_a_cloud_issue(cloud: tuple[JiraCloud, Running]) -> None:
    client, running = cloud
    ada = running.site.person("ada")
    fields = {"project": {"key": "OPS"}, "summary": "Printer", "issuetype": {"name": "Task"}}
    key = client.create_issue(data={"fields": fields})["key"]
    client.edit_issue(key, data={"update": {"labels": [{"add": "red"}]}})
    client.assign_issue(key, data={"accountId": ada.id})
    client.do_transition(key, data={"transition": {"id": client.get_transitions(key)["transitions"][-1]["id"]}})
    fields = client.get_issue(key, fields=["status", "labels", "assignee"])["fields"]
    assert (fields["status"]["name"], fields["labels"], fields["assignee"]["accountId"]) == ("Done", ["red"], ada.id)
    assert client.get_change_logs(key)["total"] == 3
    (log,) = client.get_bulk_changelogs(data={"issueIdsOrKeys": [key]})["issueChangeLogs"]
    assert len(log["changeHistories"]) == 3
    client.set_issue_property(key, "run", data={"number": 7})
    assert client.get_issue_property(key, "run")["value"] == {"number": 7}
    client.create_or_update_remote_issue_link(key, data={"object": {"url": "https://example.com", "title": "t"}})
    assert len(client.get_remote_issue_links(key)) == 1
    assert [found["key"] for found in client.enhanced_jql_get_list_of_tickets("labels = red", limit=5)] == [key]
    client.delete_issue(key)
    assert client.enhanced_jql_get_list_of_tickets("labels = red") == []


def test_atlassian_comments_on_cloud(cloud: tuple[JiraCloud, Running]) -> None:
    client, running = cloud
    key = running.site.create_issue("OPS", "Printer", by=running.site.person("ada")).key
    first = client.add_comment(key, data={"body": running.site.face.body("Hello")})["id"]
    last = client.add_comment(key, data={"body": running.site.face.body("Goodbye")})["id"]
    client.update_comment(key, first, data={"body": running.site.face.body("Hello again")})
    newest = client.get_comments(key, start_at=0, max_results=1, order_by="-created")["comments"]
    assert [comment["id"] for comment in newest] == [last]
    client.set_comment_property(first, "run", data=7)
    assert client.get_comment_property(first, "run")["value"] == 7
    (told,) = client.get_comments_by_ids(data={"ids": [int(first)]})["values"]
    assert told["id"] == first
    client.delete_comment(key, first)
    assert client.get_comments(key)["total"] == 1


def test_atlassian_registers_webhooks_of_an_app(cloud: tuple[JiraCloud, Running]) -> None:
    _, running = cloud
    tokens = running.atlassian.connect(running.atlassian.register("Peer"), running.site.person("ada"))
    with closing(JiraCloud(running.gateway_url, token=tokens.access)) as client:
        sent = {"url": "https://example.com", "webhooks": [HOOK]}
        (made,) = client.register_dynamic_webhooks(data=sent)["webhookRegistrationResult"]
        ids = {"webhookIds": [made["createdWebhookId"]]}
        assert client.refresh_webhooks(data=ids)["expirationDate"] > 0
        assert client.get_dynamic_webhooks_for_app()["total"] == 1
        client.delete_webhook_by_id(data=ids)
        assert client.get_dynamic_webhooks_for_app()["total"] == 0


def test_atlassian_works_on_a_data_center_issue(server: Jira) -> None:
    key = server.create_issue({"project": {"key": "OPS"}, "summary": "Printer", "issuetype": {"name": "Task"}})["key"]
    server.edit_issue(key, {"labels": [{"add": "red"}]})
    server.update_issue_field(key, {"summary": "Scanner"})
    server.assign_issue(key, "ada")
    server.set_issue_status(key, "In Review")
    assert (server.get_issue_status(key), server.get_issue_labels(key)) == ("In Review", ["red"])
    assert server.issue(key)["fields"]["assignee"]["name"] == "ada"
    comment = server.issue_add_comment(key, "Hello")["id"]
    server.issue_edit_comment(key, comment, "Hello again")
    assert server.issue_get_comment(key, comment)["body"] == "Hello again"
    server.create_or_update_issue_remote_links(key, "https://example.com", "t", global_id="g")
    assert [link["globalId"] for link in server.get_issue_remote_links(key)] == ["g"]
    server.set_issue_property(key, "run", {"number": 7})
    assert server.get_issue_property(key, "run")["value"] == {"number": 7}
    assert server.jql("labels = red")["total"] == 1
    server.delete_issue(key)
    assert server.issue_deleted(key)


def test_atlassian_reads_what_a_data_center_is(server: Jira) -> None:
    assert server.myself()["name"] == "ada"
    assert [project["key"] for project in server.projects()] == ["OPS"]
    assert server.get_permissions(["ADD_COMMENTS"], project_key="OPS")["permissions"]["ADD_COMMENTS"]["havePermission"]
    (task, *_) = server.issue_createmeta_issuetypes("OPS")["values"]
    assert server.issue_createmeta_fieldtypes("OPS", task["id"])["total"] == 9
    assert "Summary" in [field["name"] for field in server.get_all_fields()]
    assert len(server.user_find_by_user_string(username="ada")) == 1
