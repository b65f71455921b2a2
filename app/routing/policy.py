"""Who may trigger what, and where."""

from collections.abc import Collection, Iterable

from app.events.event import Event, User
from app.routing.account import is_droid
from app.routing.conditions.issue import Project
from app.routing.errors import did_you_mean
from app.routing.router import Route


def barred(event: Event, droid: User | None) -> str:
    """Say why whoever caused an event never triggers anything; empty where they may.

    A comment counts as its author's, whoever edits it. Other apps are not barred here: what they may
    cause is bounded where runs are counted.
    """
    people = [event.actor, event.comment.author if event.comment else None]
    if any(is_droid(person, droid) for person in people):
        return "The droid did this itself, and it never reacts to its own doings."
    for person in people:
        if person is not None and person.kind == "customer":
            return f"{person.name} is a customer of a service project, and customers never trigger a droid."
    return ""


def unauthorized(routes: Iterable[Route], authorized: Collection[str]) -> list[str]:
    """Warn of routes that wait for a project nobody authorized, each with the nearest key that somebody did."""
    return [
        f"{route.id} waits for project {key}, which is not authorized. {_near(key, authorized)}"
        for route in routes
        for condition in route.conditions
        if isinstance(condition, Project)
        for key in condition.keys
        if key not in authorized
    ]


def _near(key: str, authorized: Collection[str]) -> str:
    keys = sorted(authorized)
    return did_you_mean(key, keys) if keys else "No project is authorized yet."
