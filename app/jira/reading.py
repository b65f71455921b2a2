"""From the JSON of Jira's REST API to plain values; raises JiraBroken where it is not what Jira documents."""

from collections.abc import Mapping
from typing import Any

from app.events.event import Comment, Issue, User
from app.jira.errors import JiraBroken
from app.jira.values import AdminWebhook, ScreenField, Server, Transition


def mapping(told: Any) -> dict[str, Any]:
    """Return a JSON object as it is."""
    if not isinstance(told, dict):
        raise _unlike("a JSON object")
    return told


def listing(told: Any, name: str) -> list[Any]:
    """Return the list that a JSON object holds under a name."""
    found = mapping(told).get(name)
    if not isinstance(found, list):
        raise _unlike(f"a list named {name}")
    return found


def total(page: Any) -> int | None:
    """Return how many there are in all, of which this is a page; None where Jira does not say."""
    told = mapping(page).get("total")
    return told if isinstance(told, int) else None


def created_id(told: Any) -> str:
    """Return the id of what was just made."""
    return _text(mapping(told), "id")


def user(told: Any) -> User:
    """Read a person: by accountId on Cloud, by key and name on Data Center."""
    person = mapping(told)
    username = str(person.get("name") or "")
    user_id = str(person.get("accountId") or person.get("key") or username)
    if not user_id:
        raise _unlike("a person's accountId, key or name")
    return User(
        id=user_id,
        name=str(person.get("displayName") or username),
        username=username,
        kind=str(person.get("accountType") or ""),
        active=person.get("active") is not False,
    )


def server(told: Any) -> Server:
    """Read serverInfo; Data Center calls itself Server there."""
    info = mapping(told)
    return Server(
        base_url=str(info.get("baseUrl") or ""),
        deployment="cloud" if info.get("deploymentType") == "Cloud" else "datacenter",
        version=tuple(number for number in _items(info, "versionNumbers") if isinstance(number, int)),
        title=str(info.get("serverTitle") or ""),
        time=str(info.get("serverTime") or ""),
    )


def issue(told: Any) -> Issue:
    """Read an issue with whatever fields came along."""
    whole = mapping(told)
    fields = mapping(whole.get("fields"))
    status = _part(fields, "status")
    labels = fields.get("labels")
    return Issue(
        id=_text(whole, "id"),
        key=_text(whole, "key"),
        project=str(_part(fields, "project").get("key") or ""),
        summary=str(fields.get("summary") or ""),
        issue_type=str(_part(fields, "issuetype").get("name") or ""),
        status=str(status.get("name") or ""),
        status_category=str(_part(status, "statusCategory").get("key") or ""),
        priority=str(_part(fields, "priority").get("name") or ""),
        assignee=user(fields["assignee"]) if fields.get("assignee") else None,
        reporter=user(fields["reporter"]) if fields.get("reporter") else None,
        labels=tuple(str(label) for label in labels) if isinstance(labels, list) else None,
        description=fields.get("description"),
        fields=fields,
    )


def comment(told: Any) -> Comment:
    """Read a comment; Data Center does not say whether customers see it."""
    whole = mapping(told)
    parent = whole.get("parentId")
    return Comment(
        id=_text(whole, "id"),
        body=whole.get("body"),
        author=user(whole["author"]) if whole.get("author") else None,
        created=str(whole.get("created") or ""),
        updated=str(whole.get("updated") or ""),
        public=whole.get("jsdPublic"),
        parent_id=str(parent) if parent else None,
        visibility=whole.get("visibility"),
    )


def transitions(told: Any) -> list[Transition]:
    """Read what Jira offers, leaving out what it lists but does not allow now."""
    ways = map(mapping, listing(told, "transitions"))
    return [_transition(way) for way in ways if way.get("isAvailable") is not False]


def admin_webhook(told: Any, id: str, jql: str) -> AdminWebhook:  # noqa: A002 - the word the value uses
    """Read what both dialects of the webhook registrations have in common."""
    whole = mapping(told)
    events = tuple(str(name) for name in listing(whole, "events"))
    return AdminWebhook(id or _text(whole, "id"), str(whole.get("name") or ""), _text(whole, "url"), events, jql)


def _transition(way: Mapping[str, Any]) -> Transition:
    target = _part(way, "to")
    return Transition(
        id=_text(way, "id"),
        name=str(way.get("name") or ""),
        to=_text(target, "name"),
        category=str(_part(target, "statusCategory").get("key") or ""),
        fields=tuple(_screen_field(name, mapping(field)) for name, field in _part(way, "fields").items()),
    )


def _screen_field(name: str, field: Mapping[str, Any]) -> ScreenField:
    allowed = (value for value in _items(field, "allowedValues") if isinstance(value, dict))
    values = (value.get("name") or value.get("value") for value in allowed)
    return ScreenField(
        id=name,
        name=str(field.get("name") or name),
        required=field.get("required") is True,
        has_default=field.get("hasDefaultValue") is True,
        values=tuple(str(value) for value in values if value),
    )


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _items(whole: Mapping[str, Any], name: str) -> list[Any]:
    items = whole.get(name)
    return items if isinstance(items, list) else []


def _text(whole: Mapping[str, Any], name: str) -> str:
    value = whole.get(name)
    if not isinstance(value, str | int) or value == "":
        raise _unlike(f"a value named {name}")
    return str(value)


def _unlike(wanted: str) -> JiraBroken:
    return JiraBroken(
        f"Jira's answer lacks {wanted}.",
        "Check that the base URL is Jira's own; a proxy may have changed the answer, or Jira its API.",
    )
