"""Sealing every stored secret anew, after the vault got a newer key."""

import sqlalchemy as sa

from app.storage import tables
from app.storage.database import Database
from app.storage.vault import Vault

#: Every column that holds a sealed text; it may be empty.
_SEALED = (tables.connections.c.credentials, tables.webhooks.c.secret, tables.webhooks.c.previous_secret)
_states = tables.states


def reseal(db: Database, vault: Vault) -> int:
    """Seal with the newest key what another key sealed, and return how many secrets that were."""
    return sum(_reseal_column(db, vault, column) for column in _SEALED) + _reseal_states(db, vault)


def _reseal_column(db: Database, vault: Vault, column: sa.Column[str]) -> int:
    with db.reading() as tx:
        stored = tx.scalars(sa.select(column).where(column != "")).all()
    return sum(_replace(db, column, old, new) for old in stored if (new := vault.reseal(old)) != old)


def _replace(db: Database, column: sa.Column[str], old: str, new: str) -> int:
    # Whoever stored another secret meanwhile has the newest key too, and the last word.
    with db.writing() as tx:
        return tx.execute(sa.update(column.table).where(column == old).values({column.name: new})).rowcount


def _reseal_states(db: Database, vault: Vault) -> int:
    with db.reading() as tx:
        stored = [(row.hash, row.data) for row in tx.execute(sa.select(_states.c.hash, _states.c.data))]
    fresh = [
        {"of": hash_, "data": data | {"sealed": new}}
        for hash_, data in stored
        if "sealed" in data and (new := vault.reseal(data["sealed"])) != data["sealed"]
    ]
    if fresh:
        with db.writing() as tx:
            tx.execute(_states.update().where(_states.c.hash == sa.bindparam("of")), fresh)
    return len(fresh)
