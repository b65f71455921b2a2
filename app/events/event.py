"""What Jira said, as plain values that never change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: A text as Jira sent it: wiki markup, an ADF document, or nothing.
Body = str | Mapping[str, Any] | None


@dataclass(frozen=True)
class User:
    """A person or program known to Jira; on Cloud `id` is the accountId, on Data Center the user key, or the name."""

    id: str
    name: str
    #: The login name, which Data Center writes in mentions; empty on Cloud.
    username: str = ""
    #: Cloud's accountType (atlassian, app, customer); empty where Jira does not say.
    kind: str = ""
    active: bool = True


@dataclass(frozen=True)
class Change:
    """One item of a changelog: ids in `from_id` and `to_id`, what people see in `from_` and `to`."""

    field: str
    field_id: str = ""
    from_id: str | None = None
    from_: str | None = None
    to_id: str | None = None
    to: str | None = None

    def is_of(self, field: str) -> bool:
        """Tell whether it is a change of this field, which Jira names by id or as people see it."""
        return field.casefold() in (self.field_id.casefold(), self.field.casefold())


@dataclass(frozen=True)
class Comment:
    """A comment; `public` is False for an internal one of a service project and None where Jira does not say."""

    id: str
    body: Body
    author: User | None = None
    #: Who changed it last; the author until somebody else does.
    editor: User | None = None
    created: str = ""
    updated: str = ""
    public: bool | None = None
    parent_id: str | None = None
    visibility: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Issue:
    """An issue, as complete as the payload that told of it; comment events carry few fields."""

    id: str
    key: str
    project: str = ""
    summary: str = ""
    issue_type: str = ""
    status: str = ""
    #: Jira's category key (new, indeterminate, done); empty where Jira does not say.
    status_category: str = ""
    priority: str = ""
    assignee: User | None = None
    reporter: User | None = None
    #: None where the payload leaves labels out, so that "has no labels" and "does not say" stay apart.
    labels: tuple[str, ...] | None = None
    description: Body = None
    #: Every field as it came.
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Event:
    """One delivery, read once; `payload` keeps all of it as it came."""

    #: Jira's exact wire name, e.g. "jira:issue_updated".
    name: str
    #: Further wire names the same fact goes by: Data Center tells a comment as an issue update too.
    also: tuple[str, ...] = ()
    #: Milliseconds since the epoch; None where Jira does not say.
    timestamp: int | None = None
    actor: User | None = None
    #: The key of the project concerned; empty where the event does not say.
    project: str = ""
    issue: Issue | None = None
    comment: Comment | None = None
    changes: tuple[Change, ...] = ()
    #: Who is mentioned in the comment: accountIds on Cloud, login names on Data Center.
    mentions: tuple[str, ...] = ()
    #: Host (with port) of the Jira that sent it, read from its self links; empty where there are none.
    site: str = ""
    #: Jira's id of the set of changes; empty where there is none.
    changelog_id: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def asker(self) -> User | None:
        """Who caused it: the comment's author, whoever edited it, or else whoever did it; None where it is not told."""
        return self.comment.author if self.comment and self.comment.author else self.actor

    @property
    def labels_added(self) -> tuple[str, ...]:
        """The labels the issue did not have before this event; a new issue's labels are all added."""
        created_with = (self.issue.labels or ()) if self.issue and self.name == "jira:issue_created" else ()
        gained = (label for change in self._label_changes() for label in _gained(change.from_, change.to))
        return tuple(dict.fromkeys((*created_with, *gained)))

    @property
    def labels_removed(self) -> tuple[str, ...]:
        """The labels this event took away."""
        return tuple(label for change in self._label_changes() for label in _gained(change.to, change.from_))

    def _label_changes(self) -> Iterator[Change]:
        return (change for change in self.changes if change.is_of("labels"))

    def fact_of(self, name: str) -> str:
        """Name the one happening in Jira that this event tells under the wire name `name`, however often it is told.

        A comment on Data Center arrives as comment_created and again within jira:issue_updated; both give
        "comment_created:<id>" for "comment_created". An update that holds changes and a comment tells two facts, and
        the changes are what it tells as an update. Empty where only the delivery can name it.
        """
        if name.startswith("comment_"):
            return self._fact_of_comment(name)
        if name in ("jira:issue_created", "jira:issue_deleted"):
            return f"{name}:{self.issue.id}" if self.issue and self.issue.id else ""
        if self.changelog_id:
            return f"changelog:{self.changelog_id}"
        return next(filter(None, (self._fact_of_comment(other) for other in self.also)), "")

    def _fact_of_comment(self, name: str) -> str:
        if self.comment is None or not self.comment.id or name not in (self.name, *self.also):
            return ""
        if name != "comment_updated":
            return f"{name}:{self.comment.id}"
        return f"{name}:{self.comment.id}:{_moment(self.comment.updated)}" if self.comment.updated else ""


def _gained(before: str | None, after: str | None) -> list[str]:
    """List the labels one side has more than the other; Jira separates them by spaces."""
    had = (before or "").split()
    return [label for label in (after or "").split() if label not in had]


def _moment(text: str) -> str:
    """Write a moment the same way in whatever time zone Jira tells it: REST and webhooks may choose different ones."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else text
    except (ValueError, OverflowError):
        return text
