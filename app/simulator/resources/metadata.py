"""What issues are made of: fields, issue types, and what it takes to create one."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, Project
from app.simulator.refused import hidden

#: Every system field with its name and the type of its values.
FIELDS = {
    "summary": ("Summary", "string"),
    "issuetype": ("Issue Type", "issuetype"),
    "project": ("Project", "project"),
    "description": ("Description", "string"),
    "assignee": ("Assignee", "user"),
    "reporter": ("Reporter", "user"),
    "labels": ("Labels", "array"),
    "priority": ("Priority", "priority"),
    "duedate": ("Due date", "date"),
    "status": ("Status", "status"),
    "resolution": ("Resolution", "resolution"),
    "created": ("Created", "datetime"),
    "updated": ("Updated", "datetime"),
}
#: Those on the screen that creates an issue, and those of them that must be filled in.
ON_CREATE = ("summary", "issuetype", "project", "description", "assignee", "reporter", "labels", "priority", "duedate")
REQUIRED = ("summary", "issuetype", "project")


def fields(call: Call) -> Answer:
    """List the fields."""
    return 200, [
        {
            "id": field,
            **({"key": field} if call.site.face.name == "cloud" else {}),
            "name": name,
            "custom": False,
            "orderable": field in ON_CREATE,
            "navigable": True,
            "searchable": True,
            "clauseNames": [field],
            "schema": _schema(field),
        }
        for field, (name, _) in FIELDS.items()
    ]


def issue_types(call: Call) -> Answer:
    """List the issue types."""
    return 200, [call.show.issue_type(name) for name in ISSUE_TYPES]


def statuses(call: Call) -> Answer:
    """List the statuses of every workflow."""
    every = {status.id: status for project in call.site.projects.values() for status in project.workflow.statuses()}
    return 200, [call.show.status(status) for status in every.values()]


def priorities(call: Call) -> Answer:
    """List the priorities."""
    return 200, [call.show.named("priority", number, name) for name, number in PRIORITIES.items()]


def resolutions(call: Call) -> Answer:
    """List the resolutions."""
    return 200, [call.show.named("resolution", number, name) for name, number in RESOLUTIONS.items()]


def creatable_types(call: Call, key: str) -> Answer:
    """Give a page of the issue types that may be created in a project."""
    _creatable(call, key)
    return 200, _page(call, [call.show.issue_type(name) for name in ISSUE_TYPES], "issueTypes")


def creatable_fields(call: Call, key: str, issue_type: str) -> Answer:
    """Give a page of the fields that may be filled in when an issue of this type is created."""
    _creatable(call, key)
    if issue_type not in ISSUE_TYPES.values():
        raise hidden("Issue type")
    return 200, _page(call, [_field(call, field) for field in ON_CREATE], "fields")


def _creatable(call: Call, key: str) -> Project:
    project = call.project(key)
    if not call.may("CREATE_ISSUES", project):
        raise hidden("Project")
    return project


def _page(call: Call, values: list[Any], name: str) -> dict[str, Any]:
    """Write a page, whose list Cloud names after its things and Data Center calls values."""
    page, where = call.page(values, size=200)
    if call.site.face.name == "cloud":
        return {**where, name: page}
    return {**where, "isLast": where["startAt"] + len(page) >= where["total"], "values": page}


def _field(call: Call, field: str) -> dict[str, Any]:
    shown = {
        "fieldId": field,
        "name": FIELDS[field][0],
        "required": field in REQUIRED,
        "hasDefaultValue": field in ("reporter", "priority"),
        "operations": ["add", "set", "remove"] if field == "labels" else ["set"],
        "schema": _schema(field),
    }
    return {**shown, "key": field} if call.site.face.name == "cloud" else shown


def _schema(field: str) -> dict[str, Any]:
    kind = FIELDS[field][1]
    return {"type": kind, "system": field, **({"items": "string"} if kind == "array" else {})}
