"""Sending a delivery through again because an admin asks for it."""

import json
import secrets

from app.errors import ReactorError
from app.receiving.identity import event_name
from app.storage import deliveries
from app.storage.connections import Connection
from app.storage.database import Database


class NothingToReplay(ReactorError):
    """What is to be replayed does not exist or is no delivery."""


def replay(db: Database, seq: int) -> int:
    """Keep a copy of a delivery as a new one and return its number; its routes react again."""
    original = deliveries.get(db, seq)
    if original is None:
        raise NothingToReplay(f"There is no delivery {seq}.", "`jira-reactor deliveries` lists them.")
    return _keep(db, original.connection_id, original.body, original.event, original.headers, seq)


def replay_body(db: Database, connection: Connection, body: bytes) -> int:
    """Keep a body from elsewhere as a delivery to a connection and return its number."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        raise NothingToReplay("The file is not JSON.", "Give it the body of a webhook as Jira sent it.") from None
    return _keep(db, connection.id, body, event_name(envelope), "{}", 0)


def _keep(db: Database, connection_id: str, body: bytes, event: str, headers: str, original: int) -> int:
    seq = deliveries.keep(
        db,
        connection_id=connection_id,
        key=f"replay:{secrets.token_urlsafe(16)}",
        headers=headers,
        body=body,
        event=event,
        replay_of=original,
    )
    assert seq is not None, "a random key was used before"
    return seq
