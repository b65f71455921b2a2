"""What must not be reacted to although a route matched: other sites' events, our own doings, and loops."""

from dataclasses import dataclass

from app.events.event import Event
from app.storage import actions, runs
from app.storage.connections import Connection
from app.storage.database import Database, now

_HOUR = 60 * 60 * 1000
#: What happens on an issue within this many milliseconds of a run's own write counts as an answer of a program to it.
#: People who type take longer, and a lively conversation is no loop; what slower programs cause is bounded by the hour.
_ECHO = 10 * 1000


@dataclass(frozen=True)
class Bounds:
    """How much one issue may cause before it is left alone."""

    runs_per_issue: int
    hops: int


def wrong_site(event: Event, connection: Connection) -> str:
    """Say why an event cannot come from the connection's site; empty where it can."""
    if not event.site or event.site == connection.site:
        return ""
    return (
        f"The event comes from {event.site}, but this connection is {connection.site}: two Jiras share one webhook "
        "secret. Register a webhook of its own for each."
    )


def own_comment(db: Database, event: Event, connection: Connection) -> str:
    """Say that a run of ours wrote the comment, whatever account Jira names as its author; empty where none did."""
    if event.comment and actions.wrote_comment(db, connection.id, event.comment.id):
        return f"Comment {event.comment.id} was written by a run, and a droid never answers itself."
    return ""


def hop(db: Database, event: Event, connection: Connection, issue: str) -> int:
    """Count how many runs in a row, up to this one, were caused by what followed a run's own write."""
    written = actions.last_write(db, connection.id, issue)
    happened = event.timestamp or now()
    if written is None or not 0 <= happened - written < _ECHO:
        return 0
    return runs.last_hop(db, connection.id, issue) + 1


def out_of_bounds(db: Database, connection: Connection, issue: str, hops: int, bounds: Bounds) -> str:
    """Say why an issue has caused enough for now; empty where it may go on."""
    if hops > bounds.hops:
        return (
            f"{hops} runs in a row answered what followed a run's own writes within {_ECHO // 1000} s, more than "
            "JIRA_REACTOR_HOPS allows: two programs may be talking to each other."
        )
    caused = runs.count_since(db, connection.id, issue, now() - _HOUR)
    if caused >= bounds.runs_per_issue:
        return f"The issue caused {caused} runs within an hour, as many as JIRA_REACTOR_RUNS_PER_ISSUE allows."
    return ""
