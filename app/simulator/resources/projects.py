"""Projects, and what the sender may do in them."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import ISSUE_TYPES, Project
from app.simulator.permissions import ALL, KNOWN
from app.simulator.refused import Refused


def search(call: Call) -> Answer:
    """Give a page of the projects the sender may see, by `keys` or a part of the name; Cloud's alone."""
    keys = set(call.query.getlist("keys"))
    part = call.query.get("query", "").lower()
    visible = [p for p in _visible(call) if (not keys or p.key in keys) and part in f"{p.key} {p.name}".lower()]
    page, where = call.page(visible, size=50)
    last = where["startAt"] + len(page) >= where["total"]
    return 200, {**where, "isLast": last, "values": [_shown(call, project) for project in page]}


def list_all(call: Call) -> Answer:
    """Give all projects the sender may see."""
    return 200, [_shown(call, project) for project in _visible(call)]


def read(call: Call, key: str) -> Answer:
    """Give one project with its issue types and its lead."""
    project = call.project(key)
    shown = {
        **_shown(call, project),
        "description": "",
        "issueTypes": [call.show.issue_type(name) for name in ISSUE_TYPES],
    }
    return 200, {**shown, "lead": call.show.person(project.lead)} if project.lead else shown


def my_permissions(call: Call) -> Answer:
    """Say which permissions the sender holds, globally, in a project or for an issue; Cloud wants them named."""
    wanted = _asked(call)
    project = _context(call)
    places = [project] if project else list(call.site.projects.values())
    held = {key: any(call.may(key, place) for place in places) for key in wanted if KNOWN[key].kind == "PROJECT"}
    held |= {key: call.site.may(call.person, key) for key in wanted if KNOWN[key].kind == "GLOBAL"}
    return 200, {"permissions": {key: call.show.permission(KNOWN[key], held[key]) for key in wanted}}


def check(call: Call) -> Answer:
    """Say in which projects and issues an account holds permissions; Cloud's alone."""
    person = call.person
    if (wanted := call.json.get("accountId")) and wanted != person.id:
        if not person.admin:
            raise Refused("Only Jira administrators can perform this operation.", status=403)
        person = call.found_person(wanted)
    grants = []
    for asked in call.json.get("projectPermissions") or ():
        for key in asked["permissions"]:
            _check_known(key)
            projects = [p for p in call.site.projects.values() if p.id in asked.get("projects", ())]
            issues = [issue for issue in call.site.issues.values() if issue.id in asked.get("issues", ())]
            grants.append(
                {
                    "permission": key,
                    "projects": [project.id for project in projects if call.site.may(person, key, project.key)],
                    "issues": [issue.id for issue in issues if call.site.may(person, key, issue.project.key)],
                }
            )
    wanted_globally = call.json.get("globalPermissions") or ()
    for key in wanted_globally:
        _check_known(key)
    held = [key for key in wanted_globally if call.site.may(person, key)]
    return 200, {"globalPermissions": held, "projectPermissions": grants}


def _visible(call: Call) -> list[Project]:
    return [project for project in call.site.projects.values() if call.may("BROWSE_PROJECTS", project)]


def _shown(call: Call, project: Project) -> dict[str, Any]:
    shown = call.show.project(project)
    return {**shown, "simplified": False, "style": "classic"} if call.site.face.name == "cloud" else shown


def _asked(call: Call) -> list[str]:
    if call.site.face.name == "datacenter":
        return [permission.key for permission in ALL]
    keys = [key for key in call.query.get("permissions", "").split(",") if key]
    if not keys:
        raise Refused("The 'permissions' query parameter is required.")
    for key in keys:
        _check_known(key)
    return keys


def _check_known(key: str) -> None:
    if key not in KNOWN:
        raise Refused(errors={key: "Unrecognized permission"})


def _context(call: Call) -> Project | None:
    issue = call.query.get("issueKey") or call.query.get("issueId")
    project = call.query.get("projectKey") or call.query.get("projectId")
    if issue:
        return call.issue(issue).project
    return call.project(project) if project else None
