"""Routes: which handler listens to which events, under which conditions, and whether an event meets them."""

import inspect
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, Unpack

from app.events import names
from app.events.event import Event, User
from app.routing.conditions import Condition, Conditions, build
from app.routing.conditions.when import takes_one
from app.routing.errors import RouteError, did_you_mean
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
    #: Whether it reacts only in projects where an admin turned it on.
    opt_in: bool = False
    #: What it does, where others may do the same: of those that match an event, only the one loaded last reacts.
    job: str = ""

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
        self,
        *events: str,
        unlisted: bool = False,
        acknowledge: bool | None = None,
        opt_in: bool = False,
        job: str = "",
        **conditions: Unpack[Conditions],
    ) -> Callable[[H], H]:
        """Run the decorated function for these events when all conditions hold.

        `events` are Jira's wire names; `unlisted=True` admits names this version has not heard of. `acknowledge` says
        whether a run that has to wait tells so in Jira; unless given, it does where somebody turned to the droid: with
        a mention, a command or an assignment. A route that is `opt_in` reacts only in projects where an admin turned it
        on. Of routes with the same `job` that match one event, only the one loaded last reacts. Raises RouteError for
        whatever could never match.
        """
        listened = _checked(events, unlisted)
        required = build(conditions)
        owed = any(name in conditions for name in _ADDRESSING) if acknowledge is None else acknowledge

        def register(handler: H) -> H:
            self._add(Route(_id_of(handler), listened, required, handler, _doc(handler), owed, opt_in, job))
            return handler

        return register

    def _add(self, route: Route) -> None:
        if any(known.id == route.id for known in self.routes):
            cure = 'Rename one of them; one function may listen to several events: on("...", "...").'
            raise RouteError(f"The route {route.id} is defined twice.", cure)
        self.routes.append(route)


def match(routes: Iterable[Route], event: Event, droid: User | None, turned_on: Collection[str] = ()) -> list[Verdict]:
    """Ask every route what it says to an event; `droid` is the account the droid has in Jira.

    `turned_on` names the opt-in routes that an admin turned on in the event's project. Of several names an event goes
    by, the narrower one counts where a route listens to both.
    """
    told = (*event.also, event.name)
    return _one_per_job([_verdict(route, told, event, droid, turned_on) for route in routes])


def describe(route: Route) -> str:
    """Read a route as a sentence would: "on comment_created, if the project is OPS and ..."."""
    clauses = " and ".join(condition.words() for condition in route.conditions)
    where = ", only where turned on" if route.opt_in else ""
    return f"on {listed(route.events)}" + (f", if {clauses}" if clauses else "") + where


def turnable(routes: Iterable[Route], route_id: str) -> Route:
    """Find a route that an admin may turn on; raises RouteError for one that is none, and for a typo."""
    route = named(routes, route_id)
    if not route.opt_in:
        raise RouteError(
            f"{route_id} reacts in every authorized project already; it is not a route with opt_in=True.",
            "`jira-reactor handlers` says of each route where it reacts.",
        )
    return route


def named(routes: Iterable[Route], route_id: str) -> Route:
    """Find a route by its id; raises RouteError for a typo."""
    known = {route.id: route for route in routes}
    if route_id not in known:
        cure = did_you_mean(route_id, known) if known else "No handlers are loaded."
        raise RouteError(f"There is no route {route_id}.", cure)
    return known[route_id]


def _id_of(handler: Handler) -> str:
    if not inspect.isfunction(handler) or inspect.iscoroutinefunction(handler):
        raise RouteError(f"{handler!r} is not a plain function.", "Decorate a `def`, not a class or an `async def`.")
    name = handler.__name__
    if not takes_one(handler):
        raise RouteError(f"{name} does not take exactly one argument.", f"Write `def {name}(ctx: Context)`.")
    return f"{handler.__module__.rpartition('.')[2]}.{name}"


def _doc(handler: Handler) -> str:
    return inspect.getdoc(handler) or ""


def _one_per_job(verdicts: list[Verdict]) -> list[Verdict]:
    does = {verdict.route.job: verdict.route.id for verdict in verdicts if verdict.matched and verdict.route.job}
    return [
        replace(verdict, failed=f"leaves this to {does[verdict.route.job]}, whose job is the same")
        if verdict.matched and does.get(verdict.route.job, verdict.route.id) != verdict.route.id
        else verdict
        for verdict in verdicts
    ]


def _verdict(
    route: Route, told: tuple[str, ...], event: Event, droid: User | None, turned_on: Collection[str]
) -> Verdict:
    listens = next((name for name in told if name in route.events), "")
    if not listens:
        return Verdict(route, f"listens to {listed(route.events)}")
    for held, condition in enumerate(route.conditions):
        if failed := condition.failed(event, droid):
            return Verdict(route, failed, listens, held)
    # Asked last, so that it is said only of what would react otherwise.
    if route.opt_in and route.id not in turned_on:
        return Verdict(route, _off(route, event.project), listens, len(route.conditions))
    return Verdict(route, event=listens, held=len(route.conditions))


def _off(route: Route, project: str) -> str:
    if not project:
        return "reacts only in projects where it is turned on, and this event names none"
    return f"is not turned on for {project}; `jira-reactor projects policy {project} --turn-on {route.id}`"


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
