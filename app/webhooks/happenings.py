"""What happened to an issue within a time, told from its history instead of from events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.events.event import Comment, Event, Issue, User
from app.jira.moments import milliseconds
from app.jira.reading import user
from app.jira.values import History


@dataclass(frozen=True)
class Window:
    """A time in milliseconds of Jira's clock, its end excluded."""

    since: int
    until: int

    def __contains__(self, moment: int | None) -> bool:
        return moment is not None and self.since <= moment < self.until


@dataclass(frozen=True)
class Happening:
    """One thing that Jira should have pushed, under the wire name it goes by on Cloud."""

    name: str
    #: Milliseconds of Jira's clock.
    at: int
    actor: User | None
    #: Names it as the event that Jira pushes of it does.
    fact: str
    history: History | None = None
    comment: Comment | None = None


def happenings(
    issue: Issue, histories: Iterable[History], comments: Iterable[Comment], window: Window
) -> list[Happening]:
    """List what happened to an issue within a window, oldest first.

    What was deleted leaves nothing to find, and of a comment changed several times only the last change is found.
    """
    found = [*_created(issue, window), *_commented(issue, comments, window)]
    found += [
        Happening("jira:issue_updated", one.created, one.author, _fact("jira:issue_updated", history=one), history=one)
        for one in histories
        if one.created in window
    ]
    return sorted(found, key=lambda happening: happening.at)


def _created(issue: Issue, window: Window) -> Iterator[Happening]:
    at = milliseconds(issue.fields.get("created"))
    if at is not None and at in window:
        creator = issue.fields.get("creator")
        fact = _fact("jira:issue_created", issue=issue)
        yield Happening("jira:issue_created", at, user(creator) if creator else None, fact)


def _commented(issue: Issue, comments: Iterable[Comment], window: Window) -> Iterator[Happening]:
    for comment in comments:
        created, updated = milliseconds(comment.created), milliseconds(comment.updated)
        if created is not None and created in window:
            fact = _fact("comment_created", comment=comment)
            yield Happening("comment_created", created, comment.author, fact, comment=comment)
        if updated is not None and updated != created and updated in window:
            fact = _fact("comment_updated", comment=comment)
            yield Happening("comment_updated", updated, comment.editor or comment.author, fact, comment=comment)


def _fact(
    name: str, *, issue: Issue | None = None, history: History | None = None, comment: Comment | None = None
) -> str:
    return Event(name, issue=issue, comment=comment, changelog_id=history.id if history else "").fact_of(name)
