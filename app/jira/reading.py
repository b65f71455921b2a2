"""From the JSON of Jira's REST API to plain values; raises JiraBroken where it is not what Jira documents."""

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from app.events import schemas
from app.events.event import Comment, Issue, User
from app.jira.errors import JiraBroken
from app.jira.moments import milliseconds
from app.jira.values import AdminWebhook, DynamicWebhook, History, IssueType, ScreenField, Server, Transition

# REST and webhooks describe people, issues and comments alike.
_PERSON, _ISSUE, _COMMENT = schemas.Person(), schemas.IssuePart(), schemas.CommentPart()
_CHANGELOG = schemas.Changelog()


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


def created_key(told: Any) -> str:
    """Return the key of the issue that was just made."""
    return _text(mapping(told), "key")


def project(told: Any) -> tuple[str, str]:
    """Return key and name of a project."""
    return _text(mapping(told), "key"), _text(told, "name")


def user(told: Any) -> User:
    """Read a person: by accountId on Cloud, by key and name on Data Center."""
    person: User | None = _load(_PERSON, told)
    if person is None or not person.id:
        raise _unlike("a person's accountId, key or name")
    return person


def issue_types(project: Any) -> list[IssueType]:
    """Read the types of issue that a project has."""
    types = map(mapping, listing(project, "issueTypes"))
    return [IssueType(_text(kind, "id"), _text(kind, "name"), kind.get("subtask") is True) for kind in types]


def permissions(told: Any, keys: Collection[str]) -> dict[str, bool]:
    """Read which of these permissions the account has, leaving out those that Jira does not tell of."""
    known = mapping(mapping(told).get("permissions"))
    return {key: mapping(known[key]).get("havePermission") is True for key in keys if key in known}


def server(told: Any, skew: float | None = None) -> Server:
    """Read serverInfo; Data Center calls itself Server there."""
    info = mapping(told)
    return Server(
        base_url=str(info.get("baseUrl") or ""),
        deployment="cloud" if info.get("deploymentType") == "Cloud" else "datacenter",
        version=tuple(number for number in _items(info, "versionNumbers") if isinstance(number, int)),
        title=str(info.get("serverTitle") or ""),
        time=str(info.get("serverTime") or ""),
        skew=skew,
    )


def issue(told: Any) -> Issue:
    """Read an issue with whatever fields came along."""
    mapping(mapping(told).get("fields"))
    read: Issue = _load(_ISSUE, told)
    if not (read.id and read.key):
        raise _unlike("an issue's id and key")
    return read


def comment(told: Any) -> Comment:
    """Read a comment; Data Center does not say whether customers see it."""
    read: Comment = _load(_COMMENT, told)
    if not read.id:
        raise _unlike("a comment's id")
    return read


def history(told: Any) -> History:
    """Read an entry of a changelog; what Jira changed by itself has no author."""
    entry = mapping(told)
    created = milliseconds(entry.get("created"))
    if created is None:
        raise _unlike("when a change was made")
    read = _load(_CHANGELOG, entry)
    author = _load(_PERSON, entry["author"]) if entry.get("author") else None
    return History(read["id"], author, created, tuple(read["items"]), entry)


def transitions(told: Any) -> list[Transition]:
    """Read what Jira offers, leaving out what it lists but does not allow now."""
    ways = map(mapping, listing(told, "transitions"))
    return [_transition(way) for way in ways if way.get("isAvailable") is not False]


def admin_webhook(told: Any, id: str, jql: str) -> AdminWebhook:  # noqa: A002 - the word the value uses
    """Read what both dialects of the webhook registrations have in common."""
    whole = mapping(told)
    events = tuple(str(name) for name in listing(whole, "events"))
    name, url = str(whole.get("name") or ""), _text(whole, "url")
    # The dialects say it with different words.
    enabled = whole.get("enabled", whole.get("active")) is not False
    return AdminWebhook(id or _text(whole, "id"), name, url, events, jql, enabled)


def dynamic_webhook(told: Any) -> DynamicWebhook:
    """Read a registration that an app made for itself; some sites leave out whatever is empty."""
    whole = mapping(told)
    events = tuple(str(name) for name in _items(whole, "events"))
    jql, expires = str(whole.get("jqlFilter") or ""), milliseconds(whole.get("expirationDate"))
    return DynamicWebhook(_text(whole, "id"), str(whole.get("url") or ""), events, jql, expires)


def _load(schema: Schema, told: Any) -> Any:
    try:
        return schema.load(mapping(told))
    except ValidationError as wrong:
        raise _unlike(f"what it must have; {wrong}") from None


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
