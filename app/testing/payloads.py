"""Bodies as Jira pushes them, for tests that have no captured one."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from app.events.event import User
from app.jira import reading
from app.jira.values import History
from app.storage.connections import Connection
from app.webhooks.bodies import body, person
from app.webhooks.happenings import Happening

Deployment = Literal["cloud", "datacenter"]

#: Somebody who works with Jira, and the service account.
ADA = User("557058:ada", "Ada", "ada", "atlassian")
DROID = User("557058:droid", "Factory Droid", "droid", "atlassian")

_NOW, _SAID = 1_790_000_000_000, "2026-09-21T14:13:20.000+0000"
_CATEGORIES = {"to do": "new", "done": "done"}


def comment_created(
    text: str,
    *,
    by: User = ADA,
    internal: bool = False,
    visibility: Mapping[str, str] | None = None,
    deployment: Deployment = "cloud",
    **issue: Any,
) -> dict[str, Any]:
    """Make the body of a new comment; "@Factory Droid" in the text becomes a mention.

    Data Center tells a comment as an update of its issue. `issue` is as in issue_created.
    """
    site = _site(deployment)
    mention = f"[~accountid:{DROID.id}]" if deployment == "cloud" else f"[~{DROID.username}]"
    told = {
        "id": "10100",
        "author": person(by, site),
        "body": re.sub(rf"@{re.escape(DROID.name)}\b", mention, text),
        "created": _SAID,
        "updated": _SAID,
        # Data Center does not say it; but a rehearsal has nobody else to ask.
        "jsdPublic": not internal if deployment == "cloud" or internal else None,
        "visibility": dict(visibility) if visibility else None,
    }
    comment = reading.comment({name: value for name, value in told.items() if value is not None})
    happening = Happening("comment_created", _NOW, by, "", comment=comment)
    return body(happening, reading.issue(_issue(site, issue)), site)


def issue_created(*, by: User = ADA, deployment: Deployment = "cloud", **issue: Any) -> dict[str, Any]:
    """Make the body of a new issue.

    Of the issue you may name `key`, `summary`, `issue_type`, `status`, `priority`, `labels`, `assignee`, `reporter`
    and `description`, and with `fields` whatever else Jira shall say of it.
    """
    site = _site(deployment)
    happening = Happening("jira:issue_created", _NOW, by, "")
    return body(happening, reading.issue(_issue(site, {"status": "To Do", **issue})), site)


def issue_updated(
    field: str,
    *,
    to: str | User | None,
    from_: str | User | None = None,
    by: User = ADA,
    deployment: Deployment = "cloud",
    **issue: Any,
) -> dict[str, Any]:
    """Make the body of a change to one field; the issue is told as it is after the change.

    A status or a priority goes from one name to another, labels from one text to another that lists them all, an
    assignee from one person to another. `issue` is as in issue_created.
    """
    site = _site(deployment)
    after = {field: str(to or "").split() if field == "labels" else to} if field in _ISSUE else {}
    told = _issue(site, issue | after)
    item = {"field": field, "fieldtype": "jira", **_side("from", from_), **_side("to", to)}
    item |= {"fieldId": field} if deployment == "cloud" else {}
    history = History("10200", by, _NOW, (), {"items": [item]})
    return body(Happening("jira:issue_updated", _NOW, by, "", history=history), reading.issue(told), site)


_ISSUE: Mapping[str, Any] = {
    "key": "OPS-1",
    "summary": "The export button does nothing",
    "issue_type": "Bug",
    "status": "In Progress",
    "priority": "Medium",
    "labels": (),
    "assignee": None,
    "reporter": ADA,
    "description": None,
    "fields": {},
}


def _issue(site: Connection, given: Mapping[str, Any]) -> dict[str, Any]:
    """Write an issue as Jira's REST API tells it."""
    if unknown := given.keys() - _ISSUE.keys():
        raise TypeError(f"An issue has no {', '.join(sorted(unknown))}; name what is in {', '.join(_ISSUE)}.")
    said = {**_ISSUE, **given}
    category = _CATEGORIES.get(str(said["status"]).casefold(), "indeterminate")
    fields = {
        "summary": said["summary"],
        "project": {"key": said["key"].rpartition("-")[0]},
        "issuetype": {"name": said["issue_type"]},
        "status": {"name": said["status"], "statusCategory": {"key": category}},
        "priority": {"name": said["priority"]},
        "labels": list(said["labels"]),
        "assignee": person(said["assignee"], site) if said["assignee"] else None,
        "reporter": person(said["reporter"], site) if said["reporter"] else None,
        "description": said["description"],
    }
    return {"id": "10001", "key": said["key"], "fields": fields | said["fields"]}


def _side(name: str, value: str | User | None) -> dict[str, str | None]:
    """Write one side of a change: an id only for people, a text for all."""
    if isinstance(value, User):
        return {name: value.id, f"{name}String": value.name}
    return {name: None, f"{name}String": value}


def _site(deployment: str) -> Connection:
    host = "your-site.atlassian.net" if deployment == "cloud" else "jira.example.com"
    return Connection("rehearsal", "rehearsal", deployment, f"https://{host}", host, "api_token", "", DROID)
