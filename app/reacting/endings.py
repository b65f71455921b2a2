"""What ends the runs of an issue from outside: what they hang on was taken away, or the issue itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.events.event import Change, Event, User
from app.routing.account import is_droid, names_droid
from app.routing.conditions.change import AssignedToDroid, LabelsChanged
from app.routing.router import Route
from app.storage.runs import Run


@dataclass(frozen=True)
class Ending:
    """Runs that an event ends, and why; `silently` where nothing may be said about it in Jira."""

    runs: tuple[Run, ...]
    reason: str
    silently: bool = False


def trigger(route: Route, event: Event) -> str:
    """Name what a run hangs on besides its event: "assignee", "label:<name>", or nothing."""
    for condition in route.conditions:
        if isinstance(condition, AssignedToDroid):
            return "assignee"
        if isinstance(condition, LabelsChanged) and condition.added:
            named = (f"label:{label.casefold()}" for label in event.labels_added if label in condition.labels)
            return next(named, "")
    return ""


def endings(event: Event, living: Iterable[Run], droid: User, authorized: frozenset[str]) -> list[Ending]:
    """Say which of an issue's runs an event ends."""
    runs = tuple(living)
    if not runs or event.issue is None:
        return []
    if event.name == "jira:issue_deleted":
        return [Ending(runs, f"{event.issue.key} was deleted.", silently=True)]
    if event.project and event.project not in authorized:
        reason = f"The issue is in {event.project} now, which is not authorized."
        return [Ending(runs, reason, silently=True)]
    # What a droid does itself, such as moving the issue on, is no reason to stop.
    if is_droid(event.actor, droid):
        return []
    by = event.actor.name if event.actor else "Somebody"
    if event.issue.status_category == "done" and _of(event, "status"):
        return [Ending(runs, f"{by} closed the issue.")]
    taken = {f"label:{label.casefold()}": f"{by} removed the label {label}." for label in event.labels_removed}
    handed_on = (change for change in _of(event, "assignee") if not names_droid(change.to_id, droid))
    if any(names_droid(change.from_id, droid) for change in handed_on):
        taken["assignee"] = f"{by} took the issue from me."
    return [
        Ending(tuple(run for run in runs if run.trigger == what), reason)
        for what, reason in taken.items()
        if any(run.trigger == what for run in runs)
    ]


def _of(event: Event, field: str) -> list[Change]:
    return [change for change in event.changes if change.is_of(field)]
