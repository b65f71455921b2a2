"""What Jira tells beyond issues, comments and users, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    """What a Jira says of itself; `version` is made of numbers, such as (10, 3, 24)."""

    base_url: str
    deployment: str
    version: tuple[int, ...]
    title: str = ""
    #: Jira's own clock, ISO 8601; empty where it does not say.
    time: str = ""


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
