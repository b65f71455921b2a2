"""What Jira would have pushed of an issue, to try a route on it: out of its history, or made up."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from app.errors import ReactorError
from app.events.event import Change, Event, Issue, User
from app.events.parse import parse
from app.jira import Jira
from app.jira.values import History
from app.routing.policy import barred
from app.routing.router import Route, Verdict, match
from app.routing.wishing import wished
from app.storage.connections import Connection
from app.storage.database import now
from app.webhooks.bodies import body
from app.webhooks.happenings import Happening, Window, happenings


class NothingToTry(ReactorError):
    """An issue has nothing in its history that a route could react to."""


@dataclass(frozen=True)
class Recalled:
    """A body as Jira would have pushed it, and its event."""

    body: dict[str, Any]
    event: Event
    #: Why the route would not react by itself, to be read after its id; empty where it would.
    doubt: str = ""


def recall(route: Route, issue: Issue, jira: Jira, connection: Connection, turned_on: Collection[str]) -> Recalled:
    """Find the newest thing that happened to an issue and that a route reacts to.

    Where there is none, the change that the route's conditions ask for is made up, or the nearest thing is taken that
    the route listens to. Raises NothingToTry, and JiraError.
    """
    told = [_tell(happening, issue, connection) for happening in _history(issue, jira, connection)]
    judged = [(one, _judge(route, one.event, connection.account)) for one in told]
    heard = [(one, verdict) for one, verdict in judged if verdict.event]
    matched = [one for one, verdict in heard if verdict.matched]
    made_up = None if matched else _made_up(route, issue, connection)
    if matched:
        chosen, doubt = matched[0], ""
    elif made_up:
        chosen, doubt = made_up, f"finds nothing in the history of {issue.key} that fits, so the change is made up"
    elif heard:
        chosen, doubt = max(heard, key=lambda pair: pair[1].held)[0], ""
    else:
        raise NothingToTry(f"Nothing happened to {issue.key} that {route.id} listens to.", _cure(route, issue))
    [real] = match([route], chosen.event, connection.account, turned_on)
    return Recalled(chosen.body, chosen.event, "; ".join(filter(None, (doubt, real.failed))))


def _history(issue: Issue, jira: Jira, connection: Connection) -> Iterator[Happening]:
    """Yield what others than the droid did, newest first."""
    ever = Window(0, now() * 2)
    found = happenings(issue, jira.changelog(issue.key), jira.comments(issue.key), ever)
    return (one for one in reversed(found) if one.actor is None or one.actor.id != connection.account.id)


def _tell(happening: Happening, issue: Issue, connection: Connection) -> Recalled:
    told = body(happening, issue, connection)
    return Recalled(told, parse(told))


def _judge(route: Route, event: Event, account: User) -> Verdict:
    if barred(event, account):
        return Verdict(route, "is barred")
    [verdict] = match([route], event, account, {route.id})
    return verdict


def _made_up(route: Route, issue: Issue, connection: Connection) -> Recalled | None:
    changes = wished(route, issue, connection.account)
    if not changes or "jira:issue_updated" not in route.events:
        return None
    items = [_item(change) for change in changes]
    history = History("", issue.reporter, now(), changes, {"items": items})
    return _tell(Happening("jira:issue_updated", now(), issue.reporter, "", history=history), issue, connection)


def _item(change: Change) -> dict[str, Any]:
    names = {"field": "field", "field_id": "fieldId", "from_id": "from", "from_": "fromString", "to_id": "to"}
    told = asdict(change)
    return {name: told[ours] for ours, name in (names | {"to": "toString"}).items()}


def _cure(route: Route, issue: Issue) -> str:
    if any(name.startswith("comment_") for name in route.events):
        return f"Comment on {issue.key} as a person, then try again."
    return f"It listens to {', '.join(route.events)}; choose an issue to which that happened."
