"""Promises that come back once: the state of an OAuth round trip, a link that starts one."""

import secrets
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.states


def issue(db: Database, kind: str, data: dict[str, Any], seconds: float) -> str:
    """Keep data under a new secret token, for one taking within so many seconds, and return the token."""
    token = secrets.token_urlsafe(32)
    values = {"hash": _hash(token), "kind": kind, "data": data, "expires_at": now() + int(seconds * 1000)}
    with db.writing() as tx:
        tx.execute(_table.delete().where(_table.c.expires_at < now()))
        tx.execute(_table.insert().values(values))
    return token


def take(db: Database, kind: str, token: str) -> dict[str, Any] | None:
    """Give back what was kept, once; None for a token that is unknown, used, expired or of another kind."""
    mine = (_table.c.hash == _hash(token)) & (_table.c.kind == kind)
    with db.writing() as tx:
        row = tx.execute(sa.select(_table.c.data, _table.c.expires_at).where(mine)).one_or_none()
        taken = bool(row) and bool(tx.execute(_table.delete().where(mine)).rowcount)
    return row.data if row and taken and row.expires_at >= now() else None


def _hash(token: str) -> str:
    # Whoever reads the table must not be able to finish somebody's round trip.
    return sha256(token.encode()).hexdigest()
