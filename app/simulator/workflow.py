"""Statuses, and the transitions with their screens that lead from one to the next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One of the three kinds every status belongs to."""

    id: int
    key: str
    name: str
    color: str


@dataclass(frozen=True)
class Status:
    """A step of a workflow."""

    id: str
    name: str
    category: Category


@dataclass(frozen=True)
class Transition:
    """A way into `to`; open from every status unless `sources` says otherwise.

    `screen` names the fields that may be sent along, `required` those that must be.
    """

    id: str
    name: str
    to: Status
    sources: tuple[str, ...] = ()
    screen: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def open_from(self, status: Status) -> bool:
        """Say whether an issue in that status may take this transition."""
        return not self.sources or status.name in self.sources


@dataclass(frozen=True)
class Workflow:
    """Transitions in the order Jira lists them; new issues start in `start`."""

    start: Status
    transitions: tuple[Transition, ...]

    def status(self, name: str) -> Status:
        """Find a status by what people call it; raises KeyError where there is none."""
        return {status.name: status for status in self.statuses()}[name]

    def statuses(self) -> tuple[Status, ...]:
        """List every status once, the first one first."""
        return tuple(dict.fromkeys((self.start, *(transition.to for transition in self.transitions))))


NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")

TO_DO = Status("10000", "To Do", NEW)
IN_PROGRESS = Status("3", "In Progress", INDETERMINATE)
IN_REVIEW = Status("10001", "In Review", INDETERMINATE)
DONE_STATUS = Status("10002", "Done", DONE)

#: What Jira gives a new project: from everywhere to everywhere, no screens.
SIMPLIFIED = Workflow(
    TO_DO,
    (
        Transition("11", "To Do", TO_DO),
        Transition("21", "In Progress", IN_PROGRESS),
        Transition("31", "In Review", IN_REVIEW),
        Transition("41", "Done", DONE_STATUS),
    ),
)

#: One way through, with names unlike the statuses, and a last screen that demands a resolution.
GATED = Workflow(
    TO_DO,
    (
        Transition("4", "Start work", IN_PROGRESS, sources=("To Do",)),
        Transition("5", "Stop work", TO_DO, sources=("In Progress",)),
        Transition("6", "Ask for review", IN_REVIEW, sources=("In Progress",), screen=("assignee",)),
        Transition("7", "Send back", IN_PROGRESS, sources=("In Review",)),
        Transition(
            "2", "Resolve", DONE_STATUS, sources=("In Review",), screen=("resolution",), required=("resolution",)
        ),
        Transition("3", "Reopen", TO_DO, sources=("Done",)),
    ),
)
