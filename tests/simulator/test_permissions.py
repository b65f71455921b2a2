"""What taking a permission away changes, as the real Jira does it."""

import pytest

from tests.simulator.conftest import World


@pytest.fixture
def key(either: World) -> str:
    return either.jira.site.create_issue("OPS", "Help", by=either.admin).key


def test_hides_what_may_not_be_browsed(either: World, key: str) -> None:
    comment = either.jira.site.add_comment(key, "x", by=either.worker)
    either.jira.site.forbid(either.worker, "BROWSE_PROJECTS", project="OPS")
    assert either.ask("GET", f"issue/{key}").status_code == 404
    assert either.ask("GET", "project/OPS").status_code == 404
    assert either.ask("GET", f"comment/{comment.id}/properties").status_code == 404
    assert either.ask("GET", "project").json() == []
    assert either.ask("POST", f"issue/{key}/comment", json={"body": either.body("x")}).status_code == 404
    either.jira.site.allow(either.worker, "BROWSE_PROJECTS", project="OPS")
    assert either.ask("GET", f"issue/{key}").status_code == 200


def test_shows_no_transitions_and_takes_none(either: World, key: str) -> None:
    either.jira.site.forbid(either.worker, "TRANSITION_ISSUES", project="OPS")
    answer = either.ask("GET", f"issue/{key}/transitions")
    assert (answer.status_code, answer.json()["transitions"]) == (200, [])
    sent = {"transition": {"id": "21"}}
    assert either.ask("POST", f"issue/{key}/transitions", json=sent).status_code == 400


@pytest.mark.parametrize(
    ("permission", "method", "path", "sent", "status"),
    [
        pytest.param("ADD_COMMENTS", "POST", "issue/{}/comment", {"body": "BODY"}, 400, id="comment"),
        pytest.param("EDIT_ISSUES", "PUT", "issue/{}", {"fields": {"summary": "x"}}, 400, id="edit"),
        pytest.param("ASSIGN_ISSUES", "PUT", "issue/{}", {"fields": {"assignee": None}}, 400, id="assign by edit"),
        pytest.param("EDIT_ISSUES", "PUT", "issue/{}/properties/p", {"x": 1}, 403, id="set a property"),
        pytest.param("DELETE_ISSUES", "DELETE", "issue/{}", None, 403, id="delete"),
        pytest.param(
            "LINK_ISSUES", "POST", "issue/{}/remotelink", {"object": {"url": "u", "title": "t"}}, 403, id="link"
        ),
    ],
)
def test_refuses_what_is_not_permitted(
    either: World, key: str, permission: str, method: str, path: str, sent: dict | None, status: int
) -> None:
    either.jira.site.forbid(either.worker, permission, project="OPS")
    if sent and "body" in sent:
        sent = {"body": either.body("x")}
    assert either.ask(method, path.format(key), json=sent).status_code == status


def test_refuses_to_assign_with_each_jiras_own_status(either: World, key: str) -> None:
    either.jira.site.forbid(either.worker, "ASSIGN_ISSUES", project="OPS")
    sent = {either.jira.site.face.person_key: None}
    status = either.ask("PUT", f"issue/{key}/assignee", json=sent).status_code
    assert status == (403 if either.cloud else 401)


def test_refuses_to_create(either: World) -> None:
    either.jira.site.forbid(either.worker, "CREATE_ISSUES", project="OPS")
    fields = {"project": {"key": "OPS"}, "summary": "x", "issuetype": {"name": "Task"}}
    assert either.ask("POST", "issue", json={"fields": fields}).status_code == 400


def test_tells_which_permissions_are_held(either: World) -> None:
    either.jira.site.forbid(either.worker, "ADD_COMMENTS", project="OPS")
    query = {"projectKey": "OPS"}
    if either.cloud:
        query["permissions"] = "BROWSE_PROJECTS,ADD_COMMENTS,ADMINISTER"
    held = either.ask("GET", "mypermissions", params=query).json()["permissions"]
    assert held["BROWSE_PROJECTS"]["havePermission"] is True
    assert held["ADD_COMMENTS"]["havePermission"] is False
    assert held["ADMINISTER"]["havePermission"] is False
    admins = either.ask("GET", "mypermissions", params=query, by=either.admin).json()["permissions"]
    assert admins["ADMINISTER"]["havePermission"] is True


def test_tells_permissions_for_an_issue_and_anywhere(either: World, key: str) -> None:
    either.jira.site.add_project("WEB", "Website")
    either.jira.site.forbid(either.worker, "EDIT_ISSUES", project="OPS")
    named = {"permissions": "EDIT_ISSUES"} if either.cloud else {}
    of_issue = either.ask("GET", "mypermissions", params={**named, "issueKey": key}).json()["permissions"]
    anywhere = either.ask("GET", "mypermissions", params=named).json()["permissions"]
    assert of_issue["EDIT_ISSUES"]["havePermission"] is False
    assert anywhere["EDIT_ISSUES"]["havePermission"] is True


@pytest.mark.parametrize("query", [{}, {"permissions": "FLY"}], ids=["none named", "unknown"])
def test_cloud_wants_permissions_named_rightly(cloud: World, query: dict) -> None:
    assert cloud.ask("GET", "mypermissions", params=query).status_code == 400


def test_checks_permissions_in_bulk(cloud: World) -> None:
    site = cloud.jira.site
    project, issue = site.projects["OPS"], site.create_issue("OPS", "Help", by=cloud.admin)
    site.forbid(cloud.worker, "ADD_COMMENTS", project="OPS")
    asked = {"permissions": ["BROWSE_PROJECTS", "ADD_COMMENTS"], "projects": [project.id], "issues": [issue.id]}
    sent = {"projectPermissions": [asked], "globalPermissions": ["ADMINISTER"], "accountId": cloud.worker.id}
    grants = cloud.ask("POST", "permissions/check", json=sent, by=cloud.admin).json()
    assert grants == {
        "globalPermissions": [],
        "projectPermissions": [
            {"permission": "BROWSE_PROJECTS", "projects": [project.id], "issues": [issue.id]},
            {"permission": "ADD_COMMENTS", "projects": [], "issues": []},
        ],
    }


def test_lets_only_administrators_check_others(cloud: World) -> None:
    sent = {"accountId": cloud.admin.id, "globalPermissions": []}
    assert cloud.ask("POST", "permissions/check", json=sent).status_code == 403
    unknown = {"accountId": "nobody"}
    assert cloud.ask("POST", "permissions/check", json=unknown, by=cloud.admin).status_code == 404


def test_gives_permissions_that_only_administrators_hold_otherwise(either: World) -> None:
    site, named = either.jira.site, {"permissions": "ADMINISTER_PROJECTS,SYSTEM_ADMIN"} if either.cloud else {}

    def held(*keys: str) -> list[bool]:
        told = either.ask("GET", "mypermissions", params={**named, "projectKey": "OPS"}).json()["permissions"]
        return [told[key]["havePermission"] for key in keys]

    assert held("ADMINISTER_PROJECTS", "SYSTEM_ADMIN") == [False, False]
    site.allow(either.worker, "ADMINISTER_PROJECTS", project="OPS")
    site.allow(either.worker, "SYSTEM_ADMIN")
    assert held("ADMINISTER_PROJECTS", "SYSTEM_ADMIN") == [True, True]
    site.forbid(either.worker, "SYSTEM_ADMIN")
    assert held("ADMINISTER_PROJECTS", "SYSTEM_ADMIN") == [True, False]


def test_checks_global_permissions_in_bulk(cloud: World) -> None:
    sent = {"globalPermissions": ["ADMINISTER", "USER_PICKER"]}
    assert cloud.ask("POST", "permissions/check", json=sent).json()["globalPermissions"] == ["USER_PICKER"]
    assert cloud.ask("POST", "permissions/check", json={"globalPermissions": ["FLY"]}).status_code == 400
