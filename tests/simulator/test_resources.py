"""The smaller resources: who is asking, people, projects, properties, links, server."""

import dataclasses

import pytest

from tests.simulator.conftest import World


@pytest.fixture
def key(either: World) -> str:
    return either.jira.site.create_issue("OPS", "Help", by=either.admin).key


def test_tells_who_is_asking(cloud: World, datacenter: World) -> None:
    me = cloud.ask("GET", "myself").json()
    assert (me["accountId"], me["accountType"], me["displayName"]) == (cloud.worker.id, "atlassian", "Will Worker")
    assert not {"name", "key"} & me.keys()
    me = datacenter.ask("GET", "myself").json()
    assert (me["name"], me["key"]) == ("will", datacenter.worker.id)
    assert me["key"].startswith("JIRAUSER")
    assert "accountId" not in me


@pytest.mark.parametrize("token", ["", "wrong"], ids=["nobody", "wrong token"])
def test_refuses_who_is_not_known(either: World, token: str) -> None:
    answer = either.ask("GET", "myself", by=token)
    assert answer.status_code == 401
    assert answer.json().get("errorMessages") or answer.json()["message"] == "Unauthorized"


def test_refuses_an_api_token_with_somebody_elses_address(cloud: World) -> None:
    stranger = dataclasses.replace(cloud.worker, token=cloud.admin.token)
    assert cloud.ask("GET", "myself", by=stranger).status_code == 401


def test_data_center_takes_no_basic_credentials(datacenter: World) -> None:
    answer = datacenter.ask("GET", "myself", by="", headers={"Authorization": "Basic d2lsbDpzZWNyZXQ="})
    assert answer.status_code == 401


def test_refuses_a_closed_account(either: World) -> None:
    either.jira.site.deactivate(either.worker)
    assert either.ask("GET", "myself").status_code == 401


def test_tells_its_version_to_anybody(cloud: World, datacenter: World) -> None:
    told = cloud.ask("GET", "serverInfo", by="").json()
    assert (told["deploymentType"], told["baseUrl"]) == ("Cloud", cloud.jira.url)
    told = datacenter.ask("GET", "serverInfo", by="").json()
    assert (told["deploymentType"], told["versionNumbers"]) == ("Server", [10, 3, 0])


def test_tells_its_cloud_id_to_anybody(cloud: World) -> None:
    assert cloud.ask("GET", "/_edge/tenant_info", by="").json() == {"cloudId": cloud.jira.site.cloud_id}


def test_finds_people(cloud: World, datacenter: World) -> None:
    assert cloud.ask("GET", "user", params={"accountId": cloud.admin.id}).json()["displayName"] == "Ada Admin"
    (found,) = cloud.ask("GET", "user/search", params={"query": "ada"}).json()
    assert found["accountId"] == cloud.admin.id
    (found,) = cloud.ask("GET", "user/search", params={"accountId": cloud.admin.id}).json()
    assert found["accountId"] == cloud.admin.id
    assert datacenter.ask("GET", "user", params={"username": "ada"}).json()["key"] == datacenter.admin.id
    assert datacenter.ask("GET", "user", params={"key": datacenter.admin.id}).json()["name"] == "ada"
    (found,) = datacenter.ask("GET", "user/search", params={"username": "ada"}).json()
    assert found["name"] == "ada"


def test_does_not_find_who_is_not_there(either: World) -> None:
    name = "accountId" if either.cloud else "username"
    assert either.ask("GET", "user", params={name: "nobody"}).status_code == 404
    assert either.ask("GET", "user").status_code == 400


def test_lists_and_gives_projects(either: World) -> None:
    either.jira.site.add_project("WEB", "Website", kind="business")
    assert [project["key"] for project in either.ask("GET", "project").json()] == ["OPS", "WEB"]
    shown = either.ask("GET", "project/OPS").json()
    assert (shown["name"], shown["lead"]["displayName"]) == ("Operations", "Ada Admin")
    assert either.ask("GET", "project/WEB").json()["projectTypeKey"] == "business"
    assert either.ask("GET", "project/NONE").status_code == 404


def test_searches_projects_by_key_and_name(cloud: World) -> None:
    cloud.jira.site.add_project("WEB", "Website")
    by_key = cloud.ask("GET", "project/search", params={"keys": ["WEB", "NONE"]}).json()
    by_name = cloud.ask("GET", "project/search", params={"query": "operat"}).json()
    first = cloud.ask("GET", "project/search", params={"maxResults": 1}).json()
    assert [project["key"] for project in by_key["values"]] == ["WEB"]
    assert [project["key"] for project in by_name["values"]] == ["OPS"]
    assert (first["isLast"], first["total"]) == (False, 2)


@pytest.mark.parametrize("of", ["issue", "comment"])
def test_keeps_properties(either: World, key: str, of: str) -> None:
    comment = either.jira.site.add_comment(key, "x", by=either.worker)
    path = f"issue/{key}/properties" if of == "issue" else f"comment/{comment.id}/properties"
    assert either.ask("PUT", f"{path}/run", json={"id": 1}).status_code == 201
    assert either.ask("PUT", f"{path}/run", json={"id": 2}).status_code == 200
    assert either.ask("GET", f"{path}/run").json() == {"key": "run", "value": {"id": 2}}
    assert [entry["key"] for entry in either.ask("GET", path).json()["keys"]] == ["run"]
    assert either.ask("DELETE", f"{path}/run").status_code == 204
    assert either.ask("GET", f"{path}/run").status_code == 404
    assert either.ask("PUT", f"{path}/run").status_code == 400
    assert either.ask("PUT", f"{path}/run", json="x" * 32_767).status_code == 400


def test_guards_the_properties_of_other_peoples_comments(either: World, key: str) -> None:
    comment = either.jira.site.add_comment(key, "x", by=either.admin)
    assert either.ask("PUT", f"comment/{comment.id}/properties/run", json=1).status_code == 403


def test_keeps_one_remote_link_for_each_global_id(either: World, key: str) -> None:
    sent = {"globalId": "run-1", "object": {"url": "https://example.com/1", "title": "Run 1"}}
    first = either.ask("POST", f"issue/{key}/remotelink", json=sent)
    sent["object"]["title"] = "Run one"
    second = either.ask("POST", f"issue/{key}/remotelink", json=sent)
    assert (first.status_code, second.status_code) == (201 if either.cloud else 200, 200)
    assert first.json()["id"] == second.json()["id"]
    (link,) = either.ask("GET", f"issue/{key}/remotelink").json()
    assert link["object"]["title"] == "Run one"
    alone = either.ask("GET", f"issue/{key}/remotelink", params={"globalId": "run-1"}).json()
    assert alone == link
    assert either.ask("GET", f"issue/{key}/remotelink", params={"globalId": "run-2"}).status_code == 404


def test_makes_a_new_link_without_a_global_id_and_none_without_a_title(either: World, key: str) -> None:
    sent = {"object": {"url": "https://example.com/1", "title": "Run 1"}}
    made = [either.ask("POST", f"issue/{key}/remotelink", json=sent).json()["id"] for _ in range(2)]
    assert len(set(made)) == 2
    answer = either.ask("POST", f"issue/{key}/remotelink", json={"object": {"url": "https://example.com/1"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["title"])


def test_reads_changes_and_removes_one_link(either: World, key: str) -> None:
    target = {"url": "https://example.com", "title": "one"}
    number = either.ask("POST", f"issue/{key}/remotelink", json={"object": target, "globalId": "g"}).json()["id"]
    path = f"issue/{key}/remotelink/{number}"
    assert either.ask("PUT", path, json={"object": {**target, "title": "two"}}).status_code == 204
    told = either.ask("GET", path).json()
    assert (told["globalId"], told["object"]["title"]) == ("g", "two")
    assert either.ask("DELETE", path).status_code == 204
    assert either.ask("GET", path).status_code == 404
