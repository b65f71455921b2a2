"""Checks of what we store in: the database, its tables, the engine's database, and the sealed secrets."""

from app.connecting.doctor.check import Check, fail, ok
from app.engine.database import reach
from app.errors import ReactorError
from app.settings import Settings
from app.storage import connections
from app.storage.database import Database
from app.storage.upgrade import revisions
from app.storage.vault import Vault


def database(db: Database) -> Check:
    """Reach the database."""
    db.look("SELECT 1", {})
    return ok("database", f"{'SQLite' if db.sqlite else 'PostgreSQL'} answers.")


def migrations(db: Database) -> Check:
    """Compare the tables with those this version wants."""
    present, wanted = revisions(db)
    if present == wanted:
        return ok("migrations", f"The tables are at revision {present}.")
    said = f"The tables are at revision {present or 'none'}, this version wants {wanted}."
    return fail("migrations", said, "Run `jira-reactor upgrade`.")


def engine(settings: Settings) -> Check:
    """Reach the engine's database."""
    reach(settings.database_url)
    return ok("engine", "The engine's database answers.")


def secrets(db: Database, vault: Vault) -> Check:
    """Unseal what is sealed."""
    for connection in connections.every(db):
        try:
            connection.unseal(vault)
        except ReactorError as error:
            return fail("secrets", f"{connection.name}: {error.message}", error.cure)
    return ok("secrets", "The stored credentials can be unsealed.")
