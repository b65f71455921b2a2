"""Which handlers an event concerns, and why not the others."""

from app.routing.deciding import Decision, Outcome, decide
from app.routing.errors import RouteError
from app.routing.loading import load, load_file, place
from app.routing.policy import unauthorized
from app.routing.router import Route, Router, Verdict, describe, match, named, turnable
from app.routing.snippet import snippet

__all__ = [
    "Decision",
    "Outcome",
    "Route",
    "RouteError",
    "Router",
    "Verdict",
    "decide",
    "describe",
    "load",
    "load_file",
    "match",
    "named",
    "place",
    "snippet",
    "turnable",
    "unauthorized",
]
