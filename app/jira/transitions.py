"""Which of the transitions Jira offers leads where a handler wants the issue."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.events.event import Issue
from app.jira.errors import Invalid, NotOffered
from app.jira.values import ScreenField, Transition

#: Jira's category keys, which no site can rename, and their English names.
CATEGORIES = {"to do": "new", "in progress": "indeterminate", "done": "done"}
_RANK = {"undefined": 0, "new": 0, "indeterminate": 1, "done": 2}


def choose(
    issue: Issue, offered: Sequence[Transition], wanted: Sequence[str], *, fields: Mapping[str, Any], backwards: bool
) -> Transition | None:
    """Return the transition that takes the issue to the first wanted status or category that Jira offers.

    None where the issue is there already. A status goes before the category of the same name. Raise Invalid where
    nothing wanted is offered, where the way would lead back to an earlier category, or where its screen asks for
    fields that are not given.
    """
    for to in wanted:
        if _arrived(issue, offered, to):
            return None
        if ways := _leading(offered, to):
            chosen = _best(ways, to, issue, fields)
            _check(chosen, issue, fields, backwards)
            return chosen
    raise _not_offered(issue, offered, wanted)


def _arrived(issue: Issue, offered: Sequence[Transition], to: str) -> bool:
    if issue.status.casefold() == to.strip().casefold():
        return True
    return issue.status_category == _category(to) != "" and not _leading(offered, to, by_category=False)


def _leading(offered: Sequence[Transition], to: str, *, by_category: bool = True) -> list[Transition]:
    named = [way for way in offered if way.to.casefold() == to.strip().casefold()]
    return named or [way for way in offered if by_category and way.category == _category(to) != ""]


def _best(ways: Sequence[Transition], to: str, issue: Issue, fields: Mapping[str, Any]) -> Transition:
    """Prefer the status named like its category, then a screen that asks for nothing more, then Jira's own order."""
    category = _category(to)
    return min(ways, key=lambda way: (_category(way.to) != category, bool(_missing(way, issue, fields))))


def _check(way: Transition, issue: Issue, fields: Mapping[str, Any], backwards: bool) -> None:
    if not backwards and _RANK.get(way.category, 2) < _RANK.get(issue.status_category, 0):
        raise _backwards(issue, way)
    if missing := _missing(way, issue, fields):
        raise _asks_for(issue, way, missing)


def _category(to: str) -> str:
    name = to.strip().casefold()
    return name if name in CATEGORIES.values() else CATEGORIES.get(name, "")


def _missing(way: Transition, issue: Issue, fields: Mapping[str, Any]) -> list[ScreenField]:
    """List what the screen asks for that neither the caller, nor a default, nor the issue itself supplies."""
    return [
        field
        for field in way.fields
        if field.required
        and not field.has_default
        and field.id not in fields
        and issue.fields.get(field.id) in (None, "", [], {})
    ]


def _not_offered(issue: Issue, offered: Sequence[Transition], wanted: Sequence[str]) -> NotOffered:
    goals = " or ".join(map(repr, wanted))
    ways = ", ".join(f"{way.to!r} (by {way.name!r})" for way in offered) or "nothing"
    return NotOffered(
        f"{issue.key} cannot go from {issue.status!r} to {goals}: Jira offers our account {ways}.",
        "Name a status that the project's workflow leads to from there, add a transition to the workflow,"
        " or give the service account the permission Transition Issues.",
        sent=False,
    )


def _backwards(issue: Issue, way: Transition) -> Invalid:
    return Invalid(
        f"{issue.key} is in {issue.status!r}; {way.to!r} would take it back to an earlier category.",
        "Pass backwards=True if it shall go back; perhaps somebody moved it on meanwhile.",
        sent=False,
    )


def _asks_for(issue: Issue, way: Transition, missing: Sequence[ScreenField]) -> Invalid:
    names = " and ".join(
        f"{field.name} ({field.id}{': ' + ', '.join(field.values[:10]) if field.values else ''})" for field in missing
    )
    example = missing[0]
    value = {"name": example.values[0]} if example.values else "..."
    return Invalid(
        f"The screen of {way.name!r}, which takes {issue.key} to {way.to!r}, asks for {names}.",
        f"Give it with the transition: fields={{{example.id!r}: {value!r}}}; or make it optional on the screen.",
        sent=False,
        fields={field.id: "is required" for field in missing},
    )
