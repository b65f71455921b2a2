"""Warning of credentials that end soon: once at each threshold, into the log and the audit log."""

import structlog

from app.connecting.status.lifetime import lifetime
from app.connecting.status.stored import day, reconnect
from app.storage import audit, connections, findings
from app.storage.connections import Connection
from app.storage.database import Database, now

log = structlog.get_logger()

_TOPIC = "token-warning"


def remind(db: Database) -> list[str]:
    """Report every connection whose credentials came down to a threshold since the last time; return what was said."""
    return [said for connection in connections.every(db) if (said := _remind(db, connection))]


def _remind(db: Database, connection: Connection) -> str:
    token = lifetime(connection, now())
    # With the end in it, new credentials are warned of anew.
    new = findings.keep(db, connection.id, _TOPIC, {"threshold": token.threshold, "ends_at": token.ends_at})
    if not new or token.threshold is None or token.ends_at is None:
        return ""
    left = "have ended" if token.ended else f"end in {token.days_left} days"
    said = f"The credentials of {connection.name} {left}, on {day(token.ends_at)} ({token.basis})."
    log.warning("credentials end", connection=connection.name, reason=said, cure=reconnect(connection))
    audit.record(db, "schedule", said)
    return said
