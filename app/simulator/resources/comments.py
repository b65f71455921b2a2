"""Comments of an issue: add, read, list, edit, delete."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import Comment, Issue
from app.simulator.refused import Refused

#: Most comments one issue holds before Jira answers 413.
COMMENT_LIMIT = 5_000
PAGE = 100


def add(call: Call, key: str) -> Answer:
    """Add a comment together with its properties."""
    issue = call.issue(key)
    message = f"{call.person.name}, you do not have the permission to comment on this issue."
    call.require("ADD_COMMENTS", issue.project, message, status=400)
    if len(issue.comments) >= COMMENT_LIMIT:
        raise Refused("The issue has too many comments.", status=413)
    comment = call.site.add_comment(
        issue.key,
        _body(call),
        by=call.person,
        visibility=call.json.get("visibility"),
        properties={entry["key"]: entry.get("value") for entry in call.json.get("properties") or ()},
        parent=_parent(call, issue),
    )
    return 201, _shown(call, issue, comment)


def read(call: Call, key: str, comment_id: str) -> Answer:
    """Give one comment."""
    issue, comment = _find(call, key, comment_id)
    return 200, _shown(call, issue, comment)


def list_all(call: Call, key: str) -> Answer:
    """Give a page of an issue's comments, ordered by `created` or `-created`."""
    issue = call.issue(key)
    newest_first = call.query.get("orderBy", "").startswith("-")
    page, where = call.page(issue.comments[::-1] if newest_first else list(issue.comments), size=PAGE)
    return 200, {**where, "comments": [_shown(call, issue, comment) for comment in page]}


def list_by_id(call: Call) -> Answer:
    """Give comments by their ids, those that cannot be seen left out; Cloud's alone."""
    found = []
    for wanted in call.json.get("ids") or ():
        try:
            found.append(_shown(call, *call.comment(str(wanted))))
        except Refused:
            continue
    return 200, {"startAt": 0, "maxResults": 1000, "total": len(found), "isLast": True, "values": found}


def edit(call: Call, key: str, comment_id: str) -> Answer:
    """Replace a comment's text, and set the properties sent along."""
    issue, comment = _find(call, key, comment_id)
    if not _may(call, "EDIT", issue, comment):
        raise Refused(f"You do not have permission to edit comment with id: {comment.id}.", status=400)
    body = _body(call)
    comment.properties |= {entry["key"]: entry.get("value") for entry in call.json.get("properties") or ()}
    call.site.edit_comment(issue.key, comment.id, body, by=call.person)
    return 200, _shown(call, issue, comment)


def delete(call: Call, key: str, comment_id: str) -> Answer:
    """Delete a comment."""
    issue, comment = _find(call, key, comment_id)
    if not _may(call, "DELETE", issue, comment):
        raise Refused(f"You do not have permission to delete comment with id: {comment.id}.", status=400)
    call.site.delete_comment(issue.key, comment.id, by=call.person)
    return 204, None


def _may(call: Call, verb: str, issue: Issue, comment: Comment) -> bool:
    own = comment.author.id == call.person.id and call.may(f"{verb}_OWN_COMMENTS", issue.project)
    return own or call.may(f"{verb}_ALL_COMMENTS", issue.project)


def _find(call: Call, key: str, comment_id: str) -> tuple[Issue, Comment]:
    issue = call.issue(key)
    comment = issue.comment(int(comment_id)) if comment_id.isdigit() else None
    if comment is None:
        raise Refused(f"Can not find a comment for the id: {comment_id}.", status=404)
    return issue, comment


def _parent(call: Call, issue: Issue) -> int | None:
    parent = call.json.get("parentId")
    if parent is not None and (not isinstance(parent, int) or issue.comment(parent) is None):
        raise Refused(errors={"parentId": "The parent comment does not exist on this issue."})
    return parent


def _body(call: Call) -> Any:
    body = call.site.face.accept(call.json.get("body"), "comment")
    if not body or (isinstance(body, str) and not body.strip()):
        raise Refused(errors={"comment": "Comment body can not be empty!"})
    return body


def _shown(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    return call.show.comment(issue, comment, properties=call.expands("properties"))
