from app.storage.database import Database
from app.storage.upgrade import revisions, upgrade


def test_the_revisions_are_told_without_changing_anything(database_url: str) -> None:
    db = Database(database_url)
    before, wanted = revisions(db)
    assert before is None
    assert wanted is not None
    assert revisions(db) == (None, wanted)
    upgrade(db)
    assert revisions(db) == (wanted, wanted)
    db.close()
