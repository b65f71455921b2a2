"""Entity properties: the JSON values programs keep on issues and comments."""

import json
from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.faces import PROPERTY_LIMIT
from app.simulator.issues import Comment, Issue
from app.simulator.refused import Refused


def list_of_issue(call: Call, key: str) -> Answer:
    """List the property keys of an issue."""
    issue = call.issue(key)
    return 200, _keys(call, f"issue/{issue.id}", issue.properties)


def read_of_issue(call: Call, key: str, name: str) -> Answer:
    """Give one property of an issue."""
    return 200, _value(call.issue(key).properties, name)


def set_of_issue(call: Call, key: str, name: str) -> Answer:
    """Set a property of an issue: 201 where it is new, 200 where it was there."""
    issue = _editable(call, key)
    return (201 if call.site.set_property(issue.key, name, _sent(call), by=call.person) else 200), None


def delete_of_issue(call: Call, key: str, name: str) -> Answer:
    """Remove a property of an issue."""
    issue = _editable(call, key)
    _value(issue.properties, name)
    call.site.delete_property(issue.key, name, by=call.person)
    return 204, None


def list_of_comment(call: Call, comment_id: str) -> Answer:
    """List the property keys of a comment."""
    _, comment = call.comment(comment_id)
    return 200, _keys(call, f"comment/{comment.id}", comment.properties)


def read_of_comment(call: Call, comment_id: str, name: str) -> Answer:
    """Give one property of a comment."""
    return 200, _value(call.comment(comment_id)[1].properties, name)


def set_of_comment(call: Call, comment_id: str, name: str) -> Answer:
    """Set a property of a comment; no webhook tells of it."""
    comment = _own(call, comment_id)
    new = name not in comment.properties
    comment.properties[name] = _sent(call)
    return (201 if new else 200), None


def delete_of_comment(call: Call, comment_id: str, name: str) -> Answer:
    """Remove a property of a comment."""
    comment = _own(call, comment_id)
    _value(comment.properties, name)
    del comment.properties[name]
    return 204, None


def _sent(call: Call) -> Any:
    if call.content is None:
        raise Refused("The property value must be a valid, non-empty JSON.")
    if len(json.dumps(call.content, ensure_ascii=False)) > PROPERTY_LIMIT:
        raise Refused(f"The property value is longer than {PROPERTY_LIMIT:,} characters.")
    return call.content


def _editable(call: Call, key: str) -> Issue:
    issue = call.issue(key)
    call.require("EDIT_ISSUES", issue.project, "You do not have permission to edit issues in this project.")
    return issue


def _own(call: Call, comment_id: str) -> Comment:
    issue, comment = call.comment(comment_id)
    own = comment.author.id == call.person.id and call.may("EDIT_OWN_COMMENTS", issue.project)
    if not own:
        call.require("EDIT_ALL_COMMENTS", issue.project, "You do not have permission to edit this comment.")
    return comment


def _keys(call: Call, path: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"keys": [{"self": call.show.url(f"{path}/properties/{key}"), "key": key} for key in properties]}


def _value(properties: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in properties:
        raise Refused(f"The property with key '{name}' does not exist.", status=404)
    return {"key": name, "value": properties[name]}
