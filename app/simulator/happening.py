"""What the site tells the world: one thing that just became true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.simulator.issues import Comment, History, Issue
from app.simulator.people import Person


@dataclass(frozen=True)
class Happening:
    """One event before it takes the shape of a webhook body; `event` is Jira's wire name."""

    event: str
    issue: Issue
    actor: Person
    at: datetime
    #: Jira's issue_event_type_name; empty where the event has none.
    kind: str = ""
    history: History | None = None
    comment: Comment | None = None
    #: Key and value of an issue property.
    property: tuple[str, Any] | None = None
