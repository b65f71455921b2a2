"""Conditions on what an issue is, whatever happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.events.event import Event, User
from app.routing.conditions.values import Labels, Names, labels, names, project_keys
from app.routing.errors import RouteError, did_you_mean
from app.routing.wording import listed

#: Jira's category keys and the names it shows for them.
CATEGORIES: Mapping[str, str] = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}


@dataclass(frozen=True)
class Project:
    """The event concerns one of these projects; keys are compared exactly."""

    keys: tuple[str, ...]

    def words(self) -> str:
        """Read as a clause."""
        return f"the project is {listed(self.keys)}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        if event.project in self.keys:
            return ""
        return f"needs project {listed(self.keys)}, {_told(event.project)}"


@dataclass(frozen=True)
class Trait:
    """One named field of the issue has one of these values."""

    noun: str
    attribute: str
    values: Names

    def words(self) -> str:
        """Read as a clause."""
        return f"the {self.noun} is {self.values}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        value: str = getattr(event.issue, self.attribute, "")
        if value in self.values:
            return ""
        return f"needs {self.noun} {self.values}, {_told(value)}"


@dataclass(frozen=True)
class Category:
    """The issue's status is of one of these categories."""

    keys: tuple[str, ...]

    def words(self) -> str:
        """Read as a clause."""
        return f"the status category is {self._shown()}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        key = event.issue.status_category if event.issue else ""
        if key in self.keys:
            return ""
        return f"needs status category {self._shown()}, {_told(CATEGORIES.get(key, key))}"

    def _shown(self) -> str:
        return listed([CATEGORIES[key] for key in self.keys])


@dataclass(frozen=True)
class Label:
    """The issue has one of these labels, which only events that list the labels can tell."""

    labels: Labels

    def words(self) -> str:
        """Read as a clause."""
        return f"the issue has label {self.labels}"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        present = event.issue.labels if event.issue else None
        if present is None:
            return f"needs label {self.labels}, but this event does not say which labels the issue has"
        if self.labels.any_of(present):
            return ""
        return f"needs label {self.labels}; the issue has {', '.join(present) or 'none'}"


def project(value: object) -> Project:
    """Check project=."""
    return Project(project_keys(value))


def issue_type(value: object) -> Trait:
    """Check issue_type=."""
    return Trait("issue type", "issue_type", names("issue_type", value))


def status(value: object) -> Trait:
    """Check status=."""
    return Trait("status", "status", names("status", value))


def priority(value: object) -> Trait:
    """Check priority=."""
    return Trait("priority", "priority", names("priority", value))


def label(value: object) -> Label:
    """Check label=."""
    return Label(labels("label", value))


def status_category(value: object) -> Category:
    """Check status_category=, which takes Jira's keys and the names Jira shows."""
    known = {key: key for key in CATEGORIES} | {name.casefold(): key for key, name in CATEGORIES.items()}
    given = names("status_category", value).shown
    for name in given:
        if name.casefold() not in known:
            raise RouteError(f"status_category={name!r} does not exist in Jira.", did_you_mean(name, known))
    return Category(tuple(dict.fromkeys(known[name.casefold()] for name in given)))


def _told(value: str) -> str:
    return f"not {value}" if value else "which this event does not tell"
