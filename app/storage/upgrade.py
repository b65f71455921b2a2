"""Bringing the database's schema up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

#: Any number that no other program uses on the same PostgreSQL database.
_LOCK = 0x6A72_0001
_MIGRATIONS = Path(__file__).parent / "migrations"
#: Where alembic writes the revision: https://alembic.sqlalchemy.org/en/latest/tutorial.html
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def upgrade(db: Database) -> tuple[str | None, str | None]:
    """Apply every migration that is missing and return the revisions (before, after).

    Many processes may do so at once: one works, the others wait for it.
    """
    before, wanted = revisions(db)
    if before != wanted:
        before = _migrate(db)
    return before, wanted


def revisions(db: Database) -> tuple[str | None, str | None]:
    """Tell the revision the database is at and the one this code wants, changing nothing."""
    with db.reading() as connection:
        present = _present(connection)
    return present, _newest()


def _migrate(db: Database) -> str | None:
    # Only here, because most commands find the tables as they want them, and alembic takes a while to load.
    from alembic import command

    with db.writing() as connection:
        if not db.sqlite:
            # Released with the transaction, so a crash in the middle leaves no lock behind.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _present(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before


def _present(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    revision: str | None = connection.scalar(sa.select(_VERSION.c.version_num))
    return revision


def _newest() -> str:
    # Files are named by their revisions, which count up.
    return max(file.stem.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
