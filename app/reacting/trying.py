"""Trying one route on one issue for real: a delivery is kept, decided, with its one run."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from app.events.event import Event
from app.reacting.beginnings import new_run
from app.reacting.endings import trigger
from app.reacting.manners import Manners
from app.routing.router import Route
from app.storage import deliveries, runs
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.deliveries import Effect


def keep(
    db: Database, connection: Connection, route: Route, body: Mapping[str, Any], event: Event, manners: Manners
) -> str:
    """Keep a body as a delivery that one route reacts to, whatever its conditions say, and name the run."""

    def begin(seq: int) -> Effect:
        # It names no fact: an admin asks for it, so the route reacts again to what it reacted to before.
        run = new_run(seq, connection, event, route.id, fact=None, hops=0)
        wanted = replace(run, acknowledge=route.acknowledge, trigger=trigger(route, event))
        return partial(runs.insert, runs=[wanted], acknowledge_within=manners.acknowledge_within)

    seq = deliveries.keep_decided(
        db,
        connection_id=connection.id,
        key=f"try:{secrets.token_urlsafe(16)}",
        body=json.dumps(body).encode(),
        event=event.name,
        reason=f"An admin tried {route.id} on it.",
        effect=begin,
    )
    return runs.run_id(seq, 0, route.id)
