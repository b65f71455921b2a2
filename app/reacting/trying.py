"""Trying one route on one issue for real: a delivery is kept, decided, with its one run."""

import json
import secrets
from typing import Any

from app.events.event import Event
from app.routing.router import Route
from app.storage import deliveries, runs
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.runs import NewRun


def keep(db: Database, connection: Connection, route: Route, body: dict[str, Any], event: Event) -> str:
    """Keep a body as a delivery that one route reacts to, whatever its conditions say, and name the run."""

    def run(seq: int) -> NewRun:
        return NewRun(
            id=runs.run_id(seq, 0, route.id),
            delivery=seq,
            connection_id=connection.id,
            issue=event.issue.id if event.issue else "",
            issue_key=event.issue.key if event.issue else "",
            project=event.project,
            route=route.id,
            # It is asked for, so it reacts again to what it reacted to before.
            fact=None,
            hop=0,
            acknowledge=route.acknowledge,
        )

    seq = deliveries.keep_decided(
        db,
        connection_id=connection.id,
        key=f"try:{secrets.token_urlsafe(16)}",
        body=json.dumps(body).encode(),
        event=event.name,
        reason=f"An admin tried {route.id} on it.",
        run=run,
    )
    return runs.run_id(seq, 0, route.id)
