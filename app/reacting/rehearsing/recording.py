"""A Jira that is read and never written: what would be written is recorded, and later reads see it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.errors import ReactorError
from app.events.event import Comment, Issue, User
from app.jira import Jira, Moved
from app.jira.transitions import CATEGORIES, choose
from app.jira.values import Transition

#: What is asked of the Jira behind; whatever is neither here nor recorded is refused.
READS = frozenset(
    {
        *("account", "myself", "server", "project", "projects", "issue_types", "permissions", "search"),
        *("transitions", "changelog", "is_internal", "fits", "mention"),
    }
)


class Unrehearsed(ReactorError):
    """A rehearsal was asked for what it cannot do without doing it."""


@dataclass(frozen=True)
class Write:
    """One thing that would have been written, fit to be printed."""

    kind: str
    issue: str
    told: str


@dataclass
class Record:
    """Everything that would have been written, by kind and in order."""

    writes: list[Write] = field(default_factory=list)
    #: What comments say, by their ids, in Markdown and after all edits.
    texts: dict[str, str] = field(default_factory=dict)
    transitions: list[str] = field(default_factory=list)
    assigned: list[str | None] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def comments(self) -> list[str]:
        """What the comments say, in the order in which they were written."""
        return list(self.texts.values())


class RecordingJira:
    """Stands before a Jira; it takes the place of a `Jira` wherever handlers are run for a rehearsal.

    `any_way` takes every status for offered, where the Jira behind knows no workflow.
    """

    def __init__(self, behind: Jira, *, any_way: bool = False) -> None:
        self.record = Record()
        self._behind = behind
        self._any_way = any_way
        self._issues: dict[str, Issue] = {}
        self._moved: set[str] = set()
        self._comments: defaultdict[str, list[Comment]] = defaultdict(list)

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            return getattr(self._behind, name)
        raise Unrehearsed(f"A rehearsal cannot do {name}.", "Do it through ctx.jira, or run it for real.")

    def issue(self, key: str) -> Issue:
        """Read an issue as it would be by now."""
        if key not in self._issues:
            self._issues[key] = self._behind.issue(key)
        return self._issues[key]

    def comments(self, key: str) -> list[Comment]:
        """Read the comments that are there and those that would be."""
        return [*self._behind.comments(key), *self._comments[key]]

    def comment(
        self,
        key: str,
        markdown: str,
        *,
        marker: str,
        visibility: Mapping[str, Any] | None = None,
        internal: bool = False,
        thread: str | None = None,
    ) -> str:
        """Record a comment and return an id for it."""
        number = f"new-{len(self.record.texts) + 1}"
        self.record.texts[number] = markdown
        comment = Comment(number, self._behind._body(markdown), self._behind.account, parent_id=thread)
        self._comments[key].append(replace(comment, public=not internal, visibility=visibility))
        to_whom = "internal comment" if internal else "restricted comment" if visibility else "comment"
        self._wrote(to_whom, key, markdown)
        return number

    def edit_comment(self, key: str, comment_id: str, markdown: str) -> None:
        """Record what a comment would say instead."""
        self.record.texts[comment_id] = markdown
        self._wrote("edit comment", key, markdown)

    def find_comment(self, key: str, marker: str) -> None:
        """Find nothing: nothing was written before."""

    def find_change(self, key: str, marker: str) -> bool:
        """Find nothing: nothing was written before."""
        return False

    def transition(
        self,
        key: str,
        to: str,
        *or_else: str,
        marker: str,
        fields: Mapping[str, Any] | None = None,
        backwards: bool = False,
    ) -> Moved:
        """Record a move; an issue's first is held against what Jira offers, and later ones are believed."""
        issue, wanted = self.issue(key), (to, *or_else)
        freely = self._any_way or key in self._moved
        offered = [_way(each) for each in wanted] if freely else self._behind.transitions(key)
        way = choose(issue, offered, wanted, fields=fields or {}, backwards=backwards)
        if way is None:
            return Moved(issue.status, issue.status, moved=False)
        self._moved.add(key)
        self._issues[key] = replace(issue, status=way.to, status_category=way.category or issue.status_category)
        self.record.transitions.append(way.to)
        self._wrote("transition", key, f"{issue.status or '?'} → {way.to}")
        return Moved(issue.status, way.to, moved=True)

    def assign(self, key: str, user_id: str | None, *, marker: str) -> None:
        """Record an assignment."""
        known = (self._behind.account, self.issue(key).assignee, self.issue(key).reporter)
        person = next((user for user in known if user and user.id == user_id), None)
        person = person or (User(user_id, user_id) if user_id else None)
        self._issues[key] = replace(self.issue(key), assignee=person)
        self.record.assigned.append(person.name if person else None)
        self._wrote("assign", key, person.name if person else "nobody")

    def label(self, key: str, *, add: Collection[str] = (), remove: Collection[str] = (), marker: str) -> None:
        """Record a change of labels."""
        kept = [label for label in self.issue(key).labels or () if label not in (*add, *remove)]
        self._issues[key] = replace(self.issue(key), labels=(*kept, *add))
        self.record.labels += add
        self.record.unlabelled += remove
        self._wrote("label", key, " ".join([*(f"+{label}" for label in add), *(f"-{label}" for label in remove)]))

    def set_fields(self, key: str, fields: Mapping[str, Any], *, marker: str) -> None:
        """Record fields that would be set."""
        self.record.fields |= fields
        self._wrote("fields", key, ", ".join(f"{name}: {value}" for name, value in fields.items()))

    def remote_link(self, key: str, url: str, title: str, *, marker: str) -> None:
        """Record a link."""
        self.record.links.append(url)
        self._wrote("link", key, f"{title} <{url}>")

    def set_property(self, key: str, name: str, value: Any) -> None:
        """Record a property."""
        self.record.properties[name] = value
        self._wrote("property", key, f"{name}: {value}")

    def get_property(self, key: str, name: str) -> Any:
        """Read a property as it would be by now."""
        return self.record.properties[name] if name in self.record.properties else self._behind.get_property(key, name)

    def _wrote(self, kind: str, key: str, told: str) -> None:
        self.record.writes.append(Write(kind, key, told))


def _way(to: str) -> Transition:
    category = CATEGORIES.get(to.casefold(), "indeterminate")
    return Transition(to, to, to, category)
