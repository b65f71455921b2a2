"""What did arrive: the facts that kept deliveries tell."""

import json

from app.events.parse import MalformedEvent, parse
from app.storage import deliveries
from app.storage.database import Database


def arrived(db: Database, connection_id: str, moment: int) -> frozenset[str]:
    """Name every fact told by what was received since a moment, in milliseconds of our clock."""
    facts: set[str] = set()
    for delivery in deliveries.back_to(db, connection_id, moment):
        facts |= _facts(delivery.body)
    return frozenset(facts)


def _facts(body: bytes) -> set[str]:
    try:
        event = parse(json.loads(body))
    except (MalformedEvent, ValueError, RecursionError):
        return set()
    if not (event.issue and event.issue.key):
        # Data Center tells a comment a first time without its issue, and nothing can react to that.
        return set()
    return {event.fact_of(name) for name in (event.name, *event.also)} - {""}
