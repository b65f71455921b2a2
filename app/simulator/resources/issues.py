"""Issues: create, read, edit, assign, delete."""

from collections.abc import Mapping
from typing import Any

from app.simulator import fields
from app.simulator.call import Answer, Call
from app.simulator.issues import ISSUE_TYPES, Issue
from app.simulator.refused import Refused
from app.simulator.resources import transitions


def create(call: Call) -> Answer:
    """Create an issue: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/."""
    wanted = dict(call.json.get("fields") or {})
    project = call.site.project(_named(wanted.pop("project", None)))
    if project is None or not call.may("BROWSE_PROJECTS", project):
        raise Refused(errors={"project": "valid project is required"})
    call.require("CREATE_ISSUES", project, "You do not have permission to create issues in this project.", status=400)
    kind = _issue_type(wanted.pop("issuetype", None))
    values = fields.read(call, {"summary": None, **wanted})
    issue = call.site.create_issue(
        project.key, values.pop("summary"), by=call.person, issue_type=kind, **_split(values)
    )
    for entry in call.json.get("properties") or ():
        call.site.set_property(issue.key, entry["key"], entry["value"], by=call.person)
    return 201, {"id": str(issue.id), "key": issue.key, "self": call.show.url(f"issue/{issue.id}")}


def read(call: Call, key: str) -> Answer:
    """Give an issue, with the fields asked for."""
    return 200, document(call, call.issue(key), call.query.getlist("fields"))


def document(call: Call, issue: Issue, wanted: list[str]) -> dict[str, Any]:
    """Write an issue with some of its fields, and whatever the request expands."""
    shown: dict[str, Any] = {
        "id": str(issue.id),
        "key": issue.key,
        "self": call.show.url(f"issue/{issue.id}"),
        "fields": _chosen(_all_fields(call, issue), ",".join(wanted).split(",")),
    }
    if call.site.face.name == "cloud":
        shown["expand"] = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
    if call.expands("changelog"):
        # Cloud lists the newest first here, Data Center the oldest.
        past = [call.show.history(history) for history in issue.histories]
        ordered = past[::-1] if call.site.face.name == "cloud" else past
        shown["changelog"] = {"startAt": 0, "maxResults": len(past), "total": len(past), "histories": ordered}
    if call.expands("transitions"):
        shown["transitions"] = [call.show.transition(way, fields=False) for way in transitions.open_ways(call, issue)]
    names = [name for name in ",".join(call.query.getlist("properties")).split(",") if name]
    if names:
        shown["properties"] = {key: value for key, value in issue.properties.items() if {key, "*all"} & set(names)}
    return shown


def edit(call: Call, key: str) -> Answer:
    """Change fields of an issue; historyMetadata is kept with the changelog entry."""
    issue = call.issue(key)
    touched = {*(call.json.get("fields") or {}), *(call.json.get("update") or {})}
    needed = {"ASSIGN_ISSUES" if name == "assignee" else "EDIT_ISSUES" for name in touched}
    if not all(call.may(permission, issue.project) for permission in needed):
        reason = "cannot be set. It is not on the appropriate screen, or unknown."
        raise Refused(errors={name: f"Field '{name}' {reason}" for name in touched})
    values = fields.screen(call, issue, call.json)
    call.site.change(issue, values, by=call.person, metadata=call.json.get("historyMetadata"))
    for entry in call.json.get("properties") or ():
        call.site.set_property(issue.key, entry["key"], entry["value"], by=call.person)
    return (200, document(call, issue, [])) if call.query.get("returnIssue") == "true" else (204, None)


def assign(call: Call, key: str) -> Answer:
    """Assign an issue, or with null take it from whoever has it."""
    issue = call.issue(key)
    # Data Center's page says 401 where Cloud's says 403.
    status = 403 if call.site.face.name == "cloud" else 401
    call.require("ASSIGN_ISSUES", issue.project, "You do not have permission to assign issues.", status=status)
    if call.site.face.person_key not in call.json:
        raise Refused(errors={"assignee": f"{call.site.face.person_key} is required."})
    by_default = call.json[call.site.face.person_key] == "-1"
    wanted = {"assignee": None if by_default else call.json}
    call.site.change(issue, fields.read(call, wanted), by=call.person)
    return 204, None


def delete(call: Call, key: str) -> Answer:
    """Delete an issue."""
    issue = call.issue(key)
    call.require("DELETE_ISSUES", issue.project, "You do not have permission to delete issues in this project.")
    call.site.delete_issue(issue.key, by=call.person)
    return 204, None


def _all_fields(call: Call, issue: Issue) -> dict[str, Any]:
    comments = call.show.comments(issue, issue.comments)
    page = {"comments": comments, "maxResults": len(comments), "total": len(comments), "startAt": 0}
    return {**call.show.fields(issue), "comment": page}


def _chosen(shown: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Keep the fields that were asked for; nothing asked for means all of them."""
    named = {name for name in wanted if name and name[0] not in "*-"}
    dropped = {name[1:] for name in wanted if name.startswith("-")}
    everything = not named or any(name.startswith("*") for name in wanted)
    return {name: value for name, value in shown.items() if (everything or name in named) and name not in dropped}


def _named(reference: object) -> str:
    reference = reference if isinstance(reference, Mapping) else {}
    return str(reference.get("key") or reference.get("id") or "")


def _issue_type(reference: object) -> str:
    reference = reference if isinstance(reference, Mapping) else {}
    for name, number in ISSUE_TYPES.items():
        if name == reference.get("name") or number == reference.get("id"):
            return name
    raise Refused(errors={"issuetype": "valid issue type is required"})


def _split(values: dict[str, Any]) -> dict[str, Any]:
    """Put custom fields where an issue keeps them."""
    custom = {name: values.pop(name) for name in list(values) if name.startswith("customfield_")}
    return {**values, "custom": custom}
