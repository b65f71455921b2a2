"""The body that Jira would have pushed of a happening, as each deployment shapes it.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from collections.abc import Mapping
from typing import Any

from app.events.event import Comment, Issue, User
from app.storage.connections import Connection
from app.webhooks.happenings import Happening

#: The few fields of an issue that Cloud sends along with a comment.
_REDUCED = ("summary", "issuetype", "project", "assignee", "priority", "status")
#: What Jira calls an update, by the first field that changed.
_KINDS = {"status": "issue_generic", "assignee": "issue_assigned"}
#: What Data Center calls an update that tells of a comment.
_COMMENT_KINDS = {"comment_created": "issue_commented", "comment_updated": "issue_comment_edited"}


def body(happening: Happening, issue: Issue, connection: Connection) -> dict[str, Any]:
    """Write the body of a happening; the issue is told as it is now."""
    if happening.comment is None:
        return _update(happening, issue, connection)
    if connection.deployment == "cloud":
        return _cloud_comment(happening, happening.comment, issue, connection)
    return _datacenter_comment(happening, happening.comment, issue, connection)


def _update(happening: Happening, issue: Issue, connection: Connection) -> dict[str, Any]:
    told = {**_envelope(happening, happening.name), "issue_event_type_name": "issue_created"}
    told |= {"issue": _issue(issue, issue.fields, connection)}
    if happening.actor:
        told["user"] = person(happening.actor, connection)
    if happening.history:
        first = next(iter(happening.history.changes), None)
        told["issue_event_type_name"] = _KINDS.get(first.field if first else "", "issue_updated")
        told["changelog"] = {"id": happening.history.id, "items": happening.history.told.get("items", [])}
    return told


def _cloud_comment(happening: Happening, comment: Comment, issue: Issue, connection: Connection) -> dict[str, Any]:
    fields = {name: issue.fields.get(name) for name in _REDUCED}
    return {
        **_envelope(happening, happening.name),
        "comment": _comment(comment, issue, connection),
        "issue": _issue(issue, fields, connection),
        "eventType": "primaryAction",
    }


def _datacenter_comment(happening: Happening, comment: Comment, issue: Issue, connection: Connection) -> dict[str, Any]:
    """Write a comment as the issue update that Data Center tells it in, because its comment events name no issue."""
    told = {
        **_envelope(happening, "jira:issue_updated"),
        "issue_event_type_name": _COMMENT_KINDS[happening.name],
        "issue": _issue(issue, issue.fields, connection),
        "comment": _comment(comment, issue, connection),
    }
    return told | ({"user": person(happening.actor, connection)} if happening.actor else {})


def _envelope(happening: Happening, name: str) -> dict[str, Any]:
    return {"timestamp": happening.at, "webhookEvent": name}


def _issue(issue: Issue, fields: Mapping[str, Any], connection: Connection) -> dict[str, Any]:
    return {
        "id": issue.id,
        "self": f"{connection.site_url}/rest/api/2/issue/{issue.id}",
        "key": issue.key,
        "fields": dict(fields),
    }


def _comment(comment: Comment, issue: Issue, connection: Connection) -> dict[str, Any]:
    author, editor = comment.author, comment.editor or comment.author
    told = {
        "self": f"{connection.site_url}/rest/api/2/issue/{issue.id}/comment/{comment.id}",
        "id": comment.id,
        "author": person(author, connection) if author else None,
        "body": comment.body,
        "updateAuthor": person(editor, connection) if editor else None,
        "created": comment.created,
        "updated": comment.updated,
        "jsdPublic": comment.public,
        "parentId": comment.parent_id,
        "visibility": dict(comment.visibility) if comment.visibility else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def person(user: User, connection: Connection) -> dict[str, Any]:
    """Write a person."""
    shown = {"displayName": user.name, "active": user.active}
    if connection.deployment == "cloud":
        return {"accountId": user.id, "accountType": user.kind, **shown}
    return {"name": user.username, "key": user.id, **shown}
