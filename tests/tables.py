"""SQLite files that hold the tables already: migrating each test's anew would be a good part of all the time."""

import tempfile
from functools import cache
from pathlib import Path

from app.storage.database import Database
from app.storage.upgrade import upgrade


def lay_out(file: Path) -> Database:
    """Write a file with tables and nothing in them, and open it."""
    file.write_bytes(_migrated())
    return Database(f"sqlite:///{file}")


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="reactor-tables-") as folder:
        file = Path(folder) / "reactor.sqlite3"
        db = Database(f"sqlite:///{file}")
        upgrade(db)
        # The last to close writes the log back, so that the one file is all there is.
        db.close()
        return file.read_bytes()
