"""What a run is when it begins."""

from app.events.event import Event
from app.storage import runs
from app.storage.connections import Connection
from app.storage.runs import NewRun


def new_run(
    delivery: int, connection: Connection, event: Event, route: str, *, fact: str | None, hops: int, position: int = 0
) -> NewRun:
    """Make the run in which a route, the one at this position of those that match, reacts to a delivery's event."""
    asker = event.asker
    return NewRun(
        id=runs.run_id(delivery, position, route),
        delivery=delivery,
        connection_id=connection.id,
        issue=event.issue.id if event.issue else "",
        issue_key=event.issue.key if event.issue else "",
        project=event.project,
        route=route,
        fact=fact,
        hop=hops,
        asker={"id": asker.id, "name": asker.name, "username": asker.username} if asker else None,
    )
