"""From the `fields` and `update` of a request to values the site keeps."""

from collections.abc import Callable, Mapping
from typing import Any

from app.simulator.call import Call
from app.simulator.issues import PRIORITIES, RESOLUTIONS, Issue
from app.simulator.people import Person
from app.simulator.refused import Refused

SUMMARY_LIMIT = 255


def read(call: Call, fields: Mapping[str, Any], allowed: set[str] | None = None) -> dict[str, Any]:
    """Read new values for fields; with `allowed` only those on a screen.

    Raises Refused naming every field Jira would not set.
    """
    values, errors = {}, {}
    for name, raw in fields.items():
        reader = _reader(name)
        if reader is None or (allowed is not None and name not in allowed):
            errors[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            continue
        try:
            values[name] = reader(call, raw)
        except Refused as refused:
            errors |= refused.errors or {name: refused.message}
    if errors:
        raise Refused(errors=errors)
    return values


def operate(call: Call, issue: Issue, update: Mapping[str, Any]) -> dict[str, Any]:
    """Apply the operations of `update` (set, and for labels add and remove) and give them as `fields`."""
    fields = {}
    for name, operations in update.items():
        for operation in operations:
            ((verb, value),) = operation.items()
            if verb == "set":
                fields[name] = value
            elif name == "labels" and verb in ("add", "remove"):
                fields[name] = _relabel(fields.get(name, list(issue.labels)), verb, value)
            else:
                raise Refused(errors={name: f"Field '{name}' does not support operation '{verb}'."})
    return fields


def screen(call: Call, issue: Issue, content: Mapping[str, Any], allowed: set[str] | None = None) -> dict[str, Any]:
    """Read both `fields` and `update`, which must not name the same field."""
    fields, update = content.get("fields") or {}, content.get("update") or {}
    if both := fields.keys() & update.keys():
        name = min(both)
        raise Refused(errors={name: f"Field '{name}' cannot appear in both 'fields' and 'update'"})
    return read(call, {**fields, **operate(call, issue, update)}, allowed)


def _relabel(labels: list[str], verb: str, label: str) -> list[str]:
    without = [known for known in labels if known != label]
    return [*without, label] if verb == "add" else without


def _summary(call: Call, raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise Refused(errors={"summary": "You must specify a summary of the issue."})
    if len(raw) > SUMMARY_LIMIT:
        raise Refused(errors={"summary": f"Summary must be less than {SUMMARY_LIMIT} characters."})
    return raw


def _labels(call: Call, raw: Any) -> tuple[str, ...]:
    for label in raw:
        if " " in label:
            raise Refused(errors={"labels": f"The label '{label}' contains spaces which is invalid."})
    return tuple(dict.fromkeys(raw))


def _person(call: Call, raw: Any) -> Person | None:
    """Read a person as this face names people, or null."""
    reference = (raw or {}).get(call.site.face.person_key)
    if reference is None:
        return None
    person = call.site.person(reference)
    if person is None or not person.active:
        raise Refused(errors={"assignee": f"User '{reference}' does not exist."})
    return person


def _one_of(known: Mapping[str, str], what: str) -> Callable[[Call, Any], str]:
    """Read a thing by its name or id."""

    def reader(call: Call, raw: Any) -> str:
        wanted = {raw.get("name"), raw.get("id")} if isinstance(raw, Mapping) else set()
        for name, number in known.items():
            if wanted & {name, number}:
                return name
        raise Refused(errors={what: f"The {what} selected is invalid."})

    return reader


def _as_it_is(call: Call, raw: Any) -> Any:
    return raw


def _reader(name: str) -> Callable[[Call, Any], Any] | None:
    if name.startswith("customfield_"):
        return _as_it_is
    return {
        "summary": _summary,
        "description": lambda call, raw: call.site.face.accept(raw, "description"),
        "labels": _labels,
        "assignee": _person,
        "reporter": _person,
        "duedate": _as_it_is,
        "priority": _one_of(PRIORITIES, "priority"),
        "resolution": _one_of(RESOLUTIONS, "resolution"),
    }.get(name)
