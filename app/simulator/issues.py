"""Projects, issues and what hangs on them, as the site keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.events.event import Body
from app.simulator.people import Person
from app.simulator.workflow import Status, Workflow

PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
RESOLUTIONS = {"Done": "10000", "Won't Do": "10001", "Duplicate": "10002"}
ISSUE_TYPES = {"Task": "10001", "Bug": "10002", "Story": "10003"}


@dataclass(frozen=True)
class Project:
    """A project and the workflow its issues follow."""

    id: int
    key: str
    name: str
    workflow: Workflow
    lead: Person | None = None
    #: Jira's projectTypeKey: software, business or service_desk.
    kind: str = "software"


@dataclass
class Comment:
    """A comment; `properties` are the invisible key-value pairs programs keep on it."""

    id: int
    body: Body
    author: Person
    created: datetime
    updated: datetime
    update_author: Person
    visibility: Mapping[str, Any] | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    #: The comment it replies to; only Cloud has threads, and they are one level deep.
    parent: int | None = None

    @property
    def public(self) -> bool:
        """Say whether customers of a service project see it."""
        internal = self.properties.get("sd.public.comment")
        return not (isinstance(internal, Mapping) and internal.get("internal"))


@dataclass(frozen=True)
class Item:
    """One changed field: ids in `from_` and `to`, what people read beside them."""

    field: str
    from_: str | None
    from_string: str | None
    to: str | None
    to_string: str | None
    field_id: str = ""


@dataclass(frozen=True)
class History:
    """One entry of an issue's changelog; `metadata` is whatever the writer sent as historyMetadata."""

    id: int
    author: Person
    created: datetime
    items: tuple[Item, ...]
    metadata: Mapping[str, Any] | None = None


@dataclass
class RemoteLink:
    """A link from an issue to something outside Jira; Jira keeps one for each global id."""

    id: int
    global_id: str
    #: The request that set it: application, relationship and object.
    content: Mapping[str, Any]


@dataclass
class Issue:
    """An issue, in its present state and with its past."""

    id: int
    key: str
    project: Project
    issue_type: str
    summary: str
    status: Status
    reporter: Person
    created: datetime
    updated: datetime
    description: Body = None
    priority: str = "Medium"
    assignee: Person | None = None
    labels: tuple[str, ...] = ()
    resolution: str | None = None
    resolved: datetime | None = None
    duedate: str | None = None
    #: Custom fields by their id, as they came.
    custom: dict[str, Any] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    links: list[RemoteLink] = field(default_factory=list)

    def comment(self, comment_id: int) -> Comment | None:
        """Find one of its comments."""
        return next((comment for comment in self.comments if comment.id == comment_id), None)
