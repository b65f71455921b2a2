"""What Jira tells beyond issues, comments and users, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.events.event import Change, User


@dataclass(frozen=True)
class Server:
    """What a Jira says of itself; `version` is made of numbers, such as (10, 3, 24)."""

    base_url: str
    deployment: str
    version: tuple[int, ...]
    title: str = ""
    #: Jira's own clock, ISO 8601; empty where it does not say.
    time: str = ""
    #: Seconds by which Jira's clock is ahead of ours; None where it tells no time at all.
    skew: float | None = None


@dataclass(frozen=True)
class IssueType:
    """A type of issue that a project has."""

    id: str
    name: str
    subtask: bool = False


@dataclass(frozen=True)
class History:
    """One entry of an issue's changelog: what one person changed at one moment."""

    id: str
    author: User | None
    #: Milliseconds since the epoch.
    created: int
    changes: tuple[Change, ...]
    #: The entry as it came.
    told: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class ScreenField:
    """A field on the screen of a transition; `values` are the names of what may be chosen, where Jira lists them."""

    id: str
    name: str
    required: bool = False
    has_default: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transition:
    """A way out of the present status that Jira offers to our account."""

    id: str
    name: str
    to: str
    #: Jira's category key of the target status: new, indeterminate or done.
    category: str = ""
    fields: tuple[ScreenField, ...] = ()


@dataclass(frozen=True)
class Moved:
    """Where an issue was and where it is now; `moved` is False where it had nowhere to go."""

    from_: str
    to: str
    moved: bool


@dataclass(frozen=True)
class AdminWebhook:
    """A registration in Jira's system settings; Jira never tells its secret again."""

    id: str
    name: str
    url: str
    events: tuple[str, ...]
    #: Empty where it is not filtered, or where the filter cannot be read.
    jql: str = ""
    #: Whether Jira sends anything to it.
    enabled: bool = True


@dataclass(frozen=True)
class DynamicWebhook:
    """A registration that an OAuth app made for itself; Jira forgets it once it expires."""

    id: str
    url: str
    events: tuple[str, ...]
    jql: str
    #: Milliseconds since the epoch; None where Jira does not say.
    expires_at: int | None
