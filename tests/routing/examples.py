"""Small events to route, each complete in what its kind of event tells."""

from dataclasses import replace
from typing import Any

from app.events.event import Body, Change, Comment, Event, Issue, User

DROID = User("557058:d401", "Droid Bot", kind="app")
DC_DROID = User("JIRAUSER10100", "Droid Bot", username="droid")
ADA = User("5b10ada", "Ada Lovelace", kind="atlassian")

ISSUE = Issue(
    "10001",
    "OPS-12",
    project="OPS",
    summary="Disk full",
    issue_type="Bug",
    status="In Progress",
    status_category="indeterminate",
    priority="High",
    labels=("disk", "urgent"),
)


def updated(*changes: Change, **fields: Any) -> Event:
    event = Event("jira:issue_updated", actor=ADA, project="OPS", issue=ISSUE, changes=changes)
    return replace(event, **fields)


def created(**issue: Any) -> Event:
    return Event("jira:issue_created", actor=ADA, project="OPS", issue=replace(ISSUE, **issue))


def commented(body: Body, *mentions: str, **fields: Any) -> Event:
    comment = Comment("1", body, author=ADA)
    event = Event(
        "comment_created",
        actor=ADA,
        project="OPS",
        issue=replace(ISSUE, labels=None),
        comment=comment,
        mentions=mentions,
    )
    return replace(event, **fields)


def told_as_update(body: Body, *mentions: str) -> Event:
    """What Data Center sends beside comment_created."""
    return commented(body, *mentions, name="jira:issue_updated", also=("comment_created",))


TO_PROGRESS = Change("status", "status", "1", "To Do", "3", "In Progress")
