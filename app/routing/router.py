"""Routes: which handler listens to which events, under which conditions, and whether an event meets them."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, Unpack

from app.events import names
from app.events.event import Event, User
from app.routing.conditions import Condition, Conditions, build
from app.routing.conditions.when import takes_one
from app.routing.errors import RouteError
from app.routing.wording import listed

Handler = Callable[[Any], object]
H = TypeVar("H", bound=Handler)

#: Conditions that hold only where somebody turned to the droid itself.
_ADDRESSING = ("mention", "command", "assigned_to_droid")


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and what it listens to; `id` is "module.function" and part of what makes a run unique."""

    id: str
    events: tuple[str, ...]
    conditions: tuple[Condition, ...]
    handler: Handler
    doc: str = ""
    #: Whether whoever caused a run is owed a word in Jira while it waits.
    acknowledge: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Name the file and the line the handler stands in."""
        code = inspect.unwrap(self.handler).__code__
        return code.co_filename, code.co_firstlineno


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one route says to one event."""

    route: Route
    #: The first condition that failed, to be read after the route's id; empty where the route matched.
    failed: str = ""
    #: The wire name the route listens to, out of all the event goes by; empty where it listens to none of them.
    event: str = ""
    #: How many conditions held before one failed.
    held: int = 0

    @property
    def matched(self) -> bool:
        """Tell whether the route is to run."""
        return not self.failed


class Router:
    """The routes of one handler file, in the order they stand in."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def on(
        self, *events: str, unlisted: bool = False, acknowledge: bool | None = None, **conditions: Unpack[Conditions]
    ) -> Callable[[H], H]:
        """Run the decorated function for these events when all conditions hold.

        `events` are Jira's wire names; `unlisted=True` admits names this version has not heard of. `acknowledge` says
        whether a run that has to wait tells so in Jira; unless given, it does where somebody turned to the droid: with
        a mention, a command or an assignment. Raises RouteError for whatever could never match.
        """
        listened = _checked(events, unlisted)
        required = build(conditions)
        owed = any(name in conditions for name in _ADDRESSING) if acknowledge is None else acknowledge

        def register(handler: H) -> H:
            self._add(handler, listened, required, owed)
            return handler

        return register

    def _add(self, handler: Handler, events: tuple[str, ...], conditions: tuple[Condition, ...], owed: bool) -> None:
        if not inspect.isfunction(handler) or inspect.iscoroutinefunction(handler):
            raise RouteError(
                f"{handler!r} is not a plain function.", "Decorate a `def`, not a class or an `async def`."
            )
        name = handler.__name__
        if not takes_one(handler):
            raise RouteError(f"{name} does not take exactly one argument.", f"Write `def {name}(ctx: Context)`.")
        route = Route(
            f"{handler.__module__.rpartition('.')[2]}.{name}",
            events,
            conditions,
            handler,
            inspect.getdoc(handler) or "",
            acknowledge=owed,
        )
        if any(known.id == route.id for known in self.routes):
            cure = 'Rename one of them; one function may listen to several events: on("...", "...").'
            raise RouteError(f"The route {route.id} is defined twice.", cure)
        self.routes.append(route)


def match(routes: Iterable[Route], event: Event, droid: User | None) -> list[Verdict]:
    """Ask every route what it says to an event; `droid` is the account the droid has in Jira.

    Of several names an event goes by, the narrower one counts where a route listens to both.
    """
    told = (*event.also, event.name)
    return [_verdict(route, told, event, droid) for route in routes]


def describe(route: Route) -> str:
    """Read a route as a sentence would: "on comment_created, if the project is OPS and ..."."""
    clauses = " and ".join(condition.words() for condition in route.conditions)
    return f"on {listed(route.events)}" + (f", if {clauses}" if clauses else "")


def _verdict(route: Route, told: tuple[str, ...], event: Event, droid: User | None) -> Verdict:
    listens = next((name for name in told if name in route.events), "")
    if not listens:
        return Verdict(route, f"listens to {listed(route.events)}")
    for held, condition in enumerate(route.conditions):
        if failed := condition.failed(event, droid):
            return Verdict(route, failed, listens, held)
    return Verdict(route, event=listens, held=len(route.conditions))


def _checked(events: tuple[object, ...], unlisted: bool) -> tuple[str, ...]:
    if not events or callable(events[0]):
        raise RouteError("A route listens to no event.", 'Name one: @router.on("comment_created").')
    for name in events:
        if not isinstance(name, str) or not name:
            raise RouteError(f"{name!r} is not the name of an event.", "Names are texts, as Jira writes them.")
        if name not in names.KNOWN and not unlisted:
            near = names.nearest(name)
            other = "Write unlisted=True beside it if Jira really sends it."
            raise RouteError(f"Jira has no event {name}.", f"Did you mean {near}?" if near else other)
    return tuple(dict.fromkeys(str(name) for name in events))
