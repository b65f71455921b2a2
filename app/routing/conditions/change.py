"""Conditions on what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.events.event import Change, Event, User
from app.routing.account import UNKNOWN, is_droid, names_droid
from app.routing.conditions.values import Labels, Names, labels, names, only_true


@dataclass(frozen=True)
class Changed:
    """One change has this field, this old and this new value; None leaves that side open."""

    field: Names | None
    from_: Names | None
    to: Names | None

    def words(self) -> str:
        """Read as a clause."""
        return f"{self.field or 'any field'} changed{self._sides()}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        of_field = [change for change in event.changes if self.field is None or touches(change, self.field)]
        if any(self._holds(change) for change in of_field):
            return ""
        return f"needs a change of {self.field or 'any field'}{self._sides()}; {_told(of_field, event.changes)}"

    def _holds(self, change: Change) -> bool:
        return (self.from_ is None or change.from_ in self.from_) and (self.to is None or change.to in self.to)

    def _sides(self) -> str:
        return "".join(f" {word} {side}" for word, side in (("from", self.from_), ("to", self.to)) if side)


@dataclass(frozen=True)
class LabelsChanged:
    """One of these labels was added, or removed; a new issue's labels count as added."""

    labels: Labels
    added: bool

    def words(self) -> str:
        """Read as a clause."""
        return f"label {self.labels} was {self._verb()}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        moved = event.labels_added if self.added else event.labels_removed
        if self.labels.any_of(moved):
            return ""
        told = moved or any(change.is_of("labels") for change in event.changes)
        why = f"{self._verb()}: {', '.join(moved) or 'none'}" if told else "this event tells no change of labels"
        return f"needs label {self.labels} {self._verb()}; {why}"

    def _verb(self) -> str:
        return "added" if self.added else "removed"


@dataclass(frozen=True)
class AssignedToDroid:
    """The issue was handed to the droid, or created in its hands."""

    def words(self) -> str:
        """Read as a clause."""
        return "the issue was assigned to the droid"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        changes = [change for change in event.changes if touches(change, _ASSIGNEE)]
        created_with = event.issue.assignee if event.issue and event.name == "jira:issue_created" else None
        if not changes and created_with is None:
            return "needs the issue assigned to the droid; this event tells no assignment"
        if droid is None:
            return f"needs the issue assigned to the droid; {UNKNOWN}"
        if is_droid(created_with, droid) or any(names_droid(change.to_id, droid) for change in changes):
            return ""
        return "needs the issue assigned to the droid, not to somebody else"


_ASSIGNEE = Names(("assignee",))


def touches(change: Change, field: Names) -> bool:
    """Tell whether a change is one of this field, which Jira names by id or as people see it."""
    return change.field_id in field or change.field in field


def changed(given: Mapping[str, object]) -> Changed:
    """Check field=, from_= and to=, whichever were given."""
    checked = {name: names(name, value) for name, value in given.items()}
    return Changed(checked.get("field"), checked.get("from_"), checked.get("to"))


def label_added(value: object) -> LabelsChanged:
    """Check label_added=."""
    return LabelsChanged(labels("label_added", value), added=True)


def label_removed(value: object) -> LabelsChanged:
    """Check label_removed=."""
    return LabelsChanged(labels("label_removed", value), added=False)


def assigned_to_droid(value: object) -> AssignedToDroid:
    """Check assigned_to_droid=."""
    only_true("assigned_to_droid", value)
    return AssignedToDroid()


def _told(of_field: Iterable[Change], changes: Iterable[Change]) -> str:
    if values := [f"from {change.from_ or 'nothing'} to {change.to or 'nothing'}" for change in of_field]:
        return f"it changed {', '.join(values)}"
    return f"changed: {', '.join(change.field for change in changes) or 'nothing'}"
