"""Transitions: which are open, and taking one."""

from collections.abc import Mapping
from typing import Any

from app.simulator import fields
from app.simulator.call import Answer, Call
from app.simulator.issues import Issue
from app.simulator.refused import Refused
from app.simulator.workflow import Transition


def list_open(call: Call, key: str) -> Answer:
    """Give the transitions the sender may take now; without the permission there are none, which is no error."""
    ways = open_ways(call, call.issue(key))
    if wanted := call.query.get("transitionId"):
        ways = [way for way in ways if way.id == wanted]
    with_fields = call.expands("transitions.fields")
    return 200, {"expand": "transitions", "transitions": [call.show.transition(w, fields=with_fields) for w in ways]}


def open_ways(call: Call, issue: Issue) -> list[Transition]:
    """List the transitions the sender may take now."""
    if not call.may("TRANSITION_ISSUES", issue.project):
        return []
    return [way for way in issue.project.workflow.transitions if way.open_from(issue.status)]


def take(call: Call, key: str) -> Answer:
    """Take a transition, setting the fields of its screen and adding the comment sent along."""
    issue = call.issue(key)
    way = _chosen(call, issue)
    update = dict(call.json.get("update") or {})
    comments = [_comment(call, issue, operation) for operation in update.pop("comment", ())]
    values = fields.screen(call, issue, {**call.json, "update": update}, set(way.screen))
    if missing := [name for name in way.required if not values.get(name)]:
        raise Refused(errors={name: f"{name.capitalize()} is required." for name in missing})
    metadata = call.json.get("historyMetadata")
    call.site.move(issue.key, way.to, by=call.person, values=values, metadata=metadata)
    for body in comments:
        call.site.add_comment(issue.key, body, by=call.person)
    return 204, None


def _chosen(call: Call, issue: Issue) -> Transition:
    wanted = (call.json.get("transition") or {}).get("id")
    if wanted is None:
        raise Refused("Missing 'transition' identifier")
    for way in open_ways(call, issue):
        if way.id == str(wanted):
            return way
    message = f"It seems that you have tried to perform an illegal workflow operation on {issue.key}."
    raise Refused(message)


def _comment(call: Call, issue: Issue, operation: Mapping[str, Any]) -> Any:
    call.require("ADD_COMMENTS", issue.project, "You do not have the permission to comment on this issue.", status=400)
    return call.site.face.accept(operation["add"]["body"], "comment")
