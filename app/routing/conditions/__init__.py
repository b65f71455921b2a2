"""The closed set of conditions a route may set; all that are given must hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from app.events.event import Event
from app.routing.conditions import change, comment, issue
from app.routing.conditions.condition import Condition
from app.routing.conditions.when import when
from app.routing.errors import RouteError, did_you_mean

__all__ = ["Condition", "Conditions", "build"]


class Conditions(TypedDict, total=False):
    """What `Router.on` takes; a list of texts means any of them."""

    project: str | Sequence[str]
    issue_type: str | Sequence[str]
    field: str | Sequence[str]
    from_: str | Sequence[str]
    to: str | Sequence[str]
    label_added: str | Sequence[str]
    label_removed: str | Sequence[str]
    assigned_to_droid: bool
    mention: bool
    command: str | Sequence[str]
    status: str | Sequence[str]
    status_category: str | Sequence[str]
    priority: str | Sequence[str]
    label: str | Sequence[str]
    when: Callable[[Event], object]


_CHANGE = ("field", "from_", "to")
_MAKERS: Mapping[str, Callable[[object], Condition]] = {
    "project": issue.project,
    "issue_type": issue.issue_type,
    "label_added": change.label_added,
    "label_removed": change.label_removed,
    "assigned_to_droid": change.assigned_to_droid,
    "mention": comment.mention,
    "command": comment.command,
    "status": issue.status,
    "status_category": issue.status_category,
    "priority": issue.priority,
    "label": issue.label,
    "when": when,
}


def build(given: Mapping[str, object]) -> tuple[Condition, ...]:
    """Check conditions and keep them in the order they were written, `when` last: it may rely on all the others.

    `field`, `from_` and `to` become one condition, because they speak of one and the same change.
    Raises RouteError for a condition that does not exist and for a value that can never hold.
    """
    for name in given:
        if name not in Conditions.__annotations__:
            raise RouteError(f"There is no condition {name}.", did_you_mean(name, tuple(Conditions.__annotations__)))
    kinds = dict.fromkeys("change" if name in _CHANGE else name for name in sorted(given, key="when".__eq__))
    return tuple(change.changed(_part(given)) if kind == "change" else _MAKERS[kind](given[kind]) for kind in kinds)


def _part(given: Mapping[str, object]) -> Mapping[str, object]:
    return {name: given[name] for name in _CHANGE if name in given}
