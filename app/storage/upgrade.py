"""Bringing the database's schema up to date."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.storage.database import Database

#: Any number that no other program uses on the same PostgreSQL database.
_LOCK = 0x6A72_0001


def upgrade(db: Database) -> tuple[str | None, str | None]:
    """Apply every migration that is missing and return the revisions (before, after).

    Many processes may do so at once: one works, the others wait for it.
    """
    config = _config()
    with db.writing() as connection:
        if not db.sqlite:
            # Released with the transaction, so a crash in the middle leaves no lock behind.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, ScriptDirectory.from_config(config).get_current_head()


def revisions(db: Database) -> tuple[str | None, str | None]:
    """Tell the revision the database is at and the one this code wants, changing nothing."""
    with db.reading() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present, ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
