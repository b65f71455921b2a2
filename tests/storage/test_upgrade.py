import subprocess
import sys

from alembic.script import ScriptDirectory

from app.storage.database import Database
from app.storage.upgrade import _MIGRATIONS, revisions, upgrade


def test_the_revisions_are_told_without_changing_anything(database_url: str) -> None:
    db = Database(database_url)
    before, wanted = revisions(db)
    assert before is None
    assert wanted is not None
    assert revisions(db) == (None, wanted)
    upgrade(db)
    assert revisions(db) == (wanted, wanted)
    db.close()


def test_the_newest_file_holds_the_revision_that_no_other_follows(plain: Database) -> None:
    """So that a database that is up to date is known by a look into the folder, without alembic."""
    assert revisions(plain)[1] == ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def test_where_nothing_is_missing_neither_alembic_nor_another_databases_driver_is_loaded(plain: Database) -> None:
    look = (
        "import sys; from app.storage.database import Database; from app.storage.upgrade import upgrade;"
        f"db = Database({plain.url!r}); before, after = upgrade(db); db.close();"
        "assert before == after; print({'alembic', 'psycopg'} & sys.modules.keys())"
    )
    ended = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert ended.stdout == "set()\n"
