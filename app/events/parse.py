"""From a body as Jira sent it to an event."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from app.errors import ReactorError
from app.events import names
from app.events.event import Change, Comment, Event, Issue, User
from app.events.mentions import mentions
from app.events.schemas import Envelope

_BODY = Envelope()

#: What Data Center calls an update that tells of a comment.
_COMMENT_DEEDS = {
    "issue_commented": "comment_created",
    "issue_comment_edited": "comment_updated",
    "issue_comment_deleted": "comment_deleted",
}
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
_ISSUE_OF_COMMENT = re.compile(r"/issue/(\d{1,20})/comment/")

_REWRITTEN = "Jira never sends that; see what rewrote the body on its way, such as a proxy or a rule's custom data."
_UNNAMED = (
    "Let a webhook of Jira send it as it is, or let the Automation rule's web request send the issue data; "
    "what carries neither an event's name nor an issue cannot be routed."
)


class MalformedEvent(ReactorError):
    """A body lacks what its kind of event must have, or holds something else in its place."""


def parse(payload: object, *, name_hint: str = "") -> Event:
    """Return the event a body tells; raise MalformedEvent naming the field that keeps it from being read.

    `payload` is any JSON value. A body without webhookEvent is called `name_hint`, else "jira:issue_updated" where a
    workflow's post-function sent it (its transition becomes a change of status), else "automation" where it holds an
    issue, alone or under "issue", as Automation's web requests do.
    """
    if not isinstance(payload, dict):
        raise MalformedEvent(f"The body must be an object, it is {_kind(payload)}.", _REWRITTEN)
    said = _load(_usual(payload))
    name = said["name"] or name_hint or _unspoken_name(said)
    issue = _issue(said, payload)
    return Event(
        name=name,
        also=_also(name, said),
        timestamp=said["timestamp"],
        actor=_actor(name, said),
        project=(issue.project if issue else "") or said.get("project", {}).get("key", ""),
        issue=issue,
        comment=said["comment"],
        changes=_changes(said),
        mentions=mentions(said["comment"].body) if said["comment"] else (),
        site=next(filter(None, map(_host, _addresses(payload))), ""),
        changelog_id=said.get("changelog", {}).get("id", ""),
        payload=payload,
    )


def _usual(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body as webhooks shape it; Automation may send the bare issue, a post-function the bare comment."""
    body = dict(payload)
    if body.get("issue") is None and "fields" in body and ("key" in body or "id" in body):
        body["issue"] = payload
    if "transition" in body and isinstance(body.get("comment"), str):
        body["comment"] = {"body": body["comment"]} if body["comment"] else None
    return body


def _load(body: dict[str, Any]) -> dict[str, Any]:
    try:
        said: dict[str, Any] = _BODY.load(body)
    except ValidationError as error:
        path, wanted = _first(error.messages)
        value: Any = body
        where = ""
        for step in path:
            value = value[step]
            where += f"[{step}]" if isinstance(step, int) else f".{step}"
        raise MalformedEvent(f"{where.lstrip('.')} {wanted}, it is {_kind(value)}.", _REWRITTEN) from error
    return said


def _first(messages: Any) -> tuple[list[str | int], str]:
    """Return the path of the first thing marshmallow complains of, and the complaint."""
    path: list[str | int] = []
    while isinstance(messages, dict):
        step, messages = next(iter(messages.items()))
        if step == "_schema":
            return path, "must be an object"
        path.append(step)
    return path, str(messages[0])


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "nothing")


def _unspoken_name(said: Mapping[str, Any]) -> str:
    if said["transition"]:
        return "jira:issue_updated"
    if said["issue"]:
        return names.AUTOMATION
    raise MalformedEvent("webhookEvent is missing, and the body holds no issue either.", _UNNAMED)


def _issue(said: Mapping[str, Any], payload: Mapping[str, Any]) -> Issue | None:
    """Return the issue concerned, or as much of it as comments and worklogs without one give away: its id."""
    issue: Issue | None = said["issue"]
    if issue and not (issue.id or issue.key):
        raise MalformedEvent("issue.key and issue.id are both missing.", "Send the issue with its key; " + _REWRITTEN)
    if issue:
        return issue
    found = _ISSUE_OF_COMMENT.search(_address(payload.get("comment")))
    issue_id = found[1] if found else said.get("worklog", {}).get("issue_id", "")
    return Issue(issue_id, "") if issue_id else None


def _also(name: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the comment event that an issue update tells as well.

    Old Data Centers do not say what was done, and others name only the transition that a comment was written in;
    there, a comment unchanged since it was made is new. Only of a deleted one nothing but the deed is told.
    """
    comment: Comment | None = said["comment"]
    deed = _COMMENT_DEEDS.get(said["type_name"], "")
    if name != "jira:issue_updated" or not ((comment and comment.id) or deed == "comment_deleted"):
        return ()
    if comment and not deed and comment.created:
        deed = "comment_created" if comment.created == comment.updated else "comment_updated"
    return (deed,) if deed else ()


def _actor(name: str, said: Mapping[str, Any]) -> User | None:
    """Return who did it; comments, worklogs and attachments name only who wrote them."""
    if name.startswith("user_"):
        # The user of these events is who they are about; who did it is not told.
        return None
    comment: Comment | None = said["comment"]
    wrote = [said.get(part, {}) for part in ("worklog", "attachment")]
    candidates = [said["user"], comment and (comment.editor or comment.author)]
    candidates += [part.get("editor") or part.get("author") for part in wrote]
    return next(filter(None, candidates), None)


def _changes(said: Mapping[str, Any]) -> tuple[Change, ...]:
    if said["transition"] and "changelog" not in said:
        return (Change("status", "status", **said["transition"]),)
    return tuple(said.get("changelog", {}).get("items", ()))


def _addresses(payload: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses under which Jira says the parts of this body are found, the issue's first."""
    parts = [payload.get("issue"), payload, payload.get("user"), payload.get("comment"), *payload.values()]
    for part in parts:
        yield _address(part)
        if isinstance(part, Mapping):
            yield _address(part.get("author"))


def _address(part: object) -> str:
    address = part.get("self") if isinstance(part, Mapping) else None
    return address if isinstance(address, str) else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
