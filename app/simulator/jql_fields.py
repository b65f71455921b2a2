"""What JQL can ask of an issue: values in small letters, and times."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.markup import to_markdown
from app.simulator.issues import ISSUE_TYPES, Issue
from app.simulator.people import Person
from app.simulator.refused import Refused

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _small(*words: object) -> set[str]:
    return {str(word).lower() for word in words if word is not None}


def _person(person: Person | None) -> set[str]:
    return _small(person.id, person.username, person.name) if person else set()


#: Everything a field may be called by; no values at all means EMPTY.
SETS: dict[str, Callable[[Issue], set[str]]] = {
    "project": lambda issue: _small(issue.project.key, issue.project.id, issue.project.name),
    "key": lambda issue: _small(issue.key, issue.id),
    "issuekey": lambda issue: _small(issue.key, issue.id),
    "issue": lambda issue: _small(issue.key, issue.id),
    "id": lambda issue: _small(issue.key, issue.id),
    "issuetype": lambda issue: _small(issue.issue_type, ISSUE_TYPES[issue.issue_type]),
    "type": lambda issue: _small(issue.issue_type, ISSUE_TYPES[issue.issue_type]),
    "status": lambda issue: _small(issue.status.name, issue.status.id),
    "statuscategory": lambda issue: _small(issue.status.category.name, issue.status.category.key),
    "assignee": lambda issue: _person(issue.assignee),
    "reporter": lambda issue: _person(issue.reporter),
    "labels": lambda issue: _small(*issue.labels),
    "priority": lambda issue: _small(issue.priority),
    "resolution": lambda issue: _small(issue.resolution),
}

#: What can be searched for words.
TEXTS: dict[str, Callable[[Issue], str]] = {
    "summary": lambda issue: issue.summary,
    "description": lambda issue: to_markdown(issue.description),
    "text": lambda issue: f"{issue.summary} {to_markdown(issue.description)}",
}

DATES: dict[str, Callable[[Issue], datetime]] = {
    "created": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
}


def words(text: str) -> set[str]:
    """List the words of a text in small letters."""
    return {word.lower() for word in re.findall(r"\w+", text)}


def moment(text: str) -> datetime:
    """Read a date, a date with minutes, or a time ago such as -15m; raises Refused for anything else."""
    if ago := re.fullmatch(r"-(\d+)([mhdw])", text):
        return datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Refused(f"Date value '{text}' is invalid. Valid formats include: 'yyyy-MM-dd HH:mm', 'yyyy-MM-dd', '-4w'.")
