"""The changes that a route's conditions ask for, to try it on an issue to which they did not happen."""

from collections.abc import Iterator

from app.events.event import Change, Issue, User
from app.routing.conditions import Condition
from app.routing.conditions.change import AssignedToDroid, Changed, LabelsChanged
from app.routing.router import Route


def wished(route: Route, issue: Issue, droid: User) -> tuple[Change, ...]:
    """Make up the changes of an issue that the route's conditions ask for; none where they ask for no change."""
    return tuple(change for condition in route.conditions for change in _wish(condition, issue, droid))


def _wish(condition: Condition, issue: Issue, droid: User) -> Iterator[Change]:
    match condition:
        case Changed():
            field = condition.field.shown[0] if condition.field else "summary"
            now = {"status": issue.status, "priority": issue.priority, "summary": issue.summary}.get(field.casefold())
            to = condition.to.shown[0] if condition.to else now
            yield Change(field, field, from_=condition.from_.shown[0] if condition.from_ else now, to=to)
        case LabelsChanged():
            label, others = _label(condition), [label for label in issue.labels or () if label not in condition.labels]
            without, with_ = " ".join(others), " ".join([*others, label])
            sides = (without, with_) if condition.added else (with_, without)
            yield Change("labels", "labels", from_=sides[0], to=sides[1])
        case AssignedToDroid():
            yield Change("assignee", "assignee", to_id=droid.id, to=droid.name)


def _label(condition: LabelsChanged) -> str:
    """Choose a label that is written out, or else one that begins as it shall."""
    whole = [label for label in condition.labels.shown if not label.endswith("*")]
    return whole[0] if whole else condition.labels.shown[0].replace("*", "example")
