"""Which projects an admin authorized on which connection."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database, now

_table = tables.projects


def authorize(db: Database, connection_id: str, key: str) -> bool:
    """Authorize a project by its exact key; tell whether that was new."""
    if key in authorized(db, connection_id):
        return False
    with db.writing() as tx:
        tx.execute(_table.insert().values(connection_id=connection_id, key=key, authorized_at=now()))
    return True


def revoke(db: Database, connection_id: str, key: str) -> bool:
    """Take a project's authorization back; tell whether it had one."""
    with db.writing() as tx:
        gone = tx.execute(_table.delete().where(_table.c.connection_id == connection_id, _table.c.key == key))
    return bool(gone.rowcount)


def authorized(db: Database, connection_id: str) -> frozenset[str]:
    """Name the keys of a connection's authorized projects."""
    with db.reading() as tx:
        return frozenset(tx.scalars(sa.select(_table.c.key).where(_table.c.connection_id == connection_id)))


@dataclass(frozen=True)
class Policy:
    """What an admin decided for one project."""

    #: Whether to search Jira for events that were lost on the way.
    sweep: bool
    #: Up to when, in milliseconds of Jira's clock, that was done.
    swept_at: int | None
    authorized_at: int
    #: The ids of the opt-in routes that react in it.
    turned_on: tuple[str, ...]


def policy(db: Database, connection_id: str, key: str) -> Policy | None:
    """Find an authorized project's policy."""
    with db.reading() as tx:
        columns = (_table.c.sweep, _table.c.swept_at, _table.c.authorized_at, _table.c.turned_on)
        row = tx.execute(sa.select(*columns).where(_mine(connection_id, key))).one_or_none()
    return Policy(row.sweep, row.swept_at, row.authorized_at, tuple(row.turned_on)) if row else None


def turned_on(db: Database, connection_id: str, key: str) -> frozenset[str]:
    """Name the opt-in routes that react in a project; none in one that is not authorized."""
    found = policy(db, connection_id, key)
    return frozenset(found.turned_on) if found else frozenset()


def turn(db: Database, connection_id: str, key: str, route: str, *, on: bool) -> bool:
    """Let an opt-in route react in an authorized project, or no longer; tell whether that was new."""
    with db.writing() as tx:
        query = sa.select(_table.c.turned_on).where(_mine(connection_id, key)).with_for_update()
        before = tx.execute(query).scalar_one()
        if (route in before) == on:
            return False
        after = sorted([*before, route]) if on else [other for other in before if other != route]
        tx.execute(_table.update().where(_mine(connection_id, key)).values(turned_on=after))
    return True


def set_sweep(db: Database, connection_id: str, key: str, on: bool) -> None:
    """Switch the sweep of a project on or off."""
    with db.writing() as tx:
        tx.execute(_table.update().where(_mine(connection_id, key)).values(sweep=on))


def set_swept(db: Database, connection_id: str, key: str, until: int) -> None:
    """Remember up to when a project was swept, in milliseconds of Jira's clock."""
    with db.writing() as tx:
        tx.execute(_table.update().where(_mine(connection_id, key)).values(swept_at=until))


def _mine(connection_id: str, key: str) -> sa.ColumnElement[bool]:
    return (_table.c.connection_id == connection_id) & (_table.c.key == key)
