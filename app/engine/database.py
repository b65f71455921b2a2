"""The engine's own database: a file beside ours on SQLite, a schema beside ours on PostgreSQL."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.errors import ReactorError


class EngineError(ReactorError):
    """Durable execution cannot serve."""


def engine_database(url: str) -> sa.Engine:
    """Open the engine's database that belongs to the given database of ours."""
    ours = sa.make_url(url)
    if ours.get_backend_name() != "sqlite":
        return sa.create_engine(ours, pool_pre_ping=True, pool_size=20, max_overflow=20)
    # A file of its own, so that the engine's writes never hold up the accept of a delivery.
    file = Path(ours.database or "").with_suffix(".engine.sqlite3")
    engine = sa.create_engine(f"sqlite:///{file}", pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    # dbos prepares only engines it makes itself; it would leave the journal mode as it is, which halves its speed.
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < (3, 42):
        # From Python 3.12 on dbos asks for unixepoch('subsec'), which older SQLite answers with NULL:
        # https://www.sqlite.org/lang_datefunc.html
        connection.create_function("unixepoch", 1, lambda _: time.time())


def reach(url: str) -> str:
    """Open the engine's database, making its file where there is none, and tell which it is; raise EngineError."""
    database = engine_database(url)
    where = database.url.render_as_string(hide_password=True)
    try:
        with database.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        words = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise EngineError(
            f"The engine's database {where} cannot serve ({words}).", "Check the disk, its rights and the server."
        ) from None
    finally:
        database.dispose()
    return where
