"""What is in flight when the tables are brought up to date goes on afterwards."""

import sqlalchemy as sa
from alembic import command

from app.storage import runs
from app.storage.database import Database
from app.storage.upgrade import _config, upgrade


def test_a_run_that_was_queued_before_turns_were_known_can_begin(database_url: str) -> None:
    db = Database(database_url)
    config = _config()
    with db.writing() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0002")
        tx.execute(
            sa.text(
                "INSERT INTO runs (id, delivery, connection_id, issue, issue_key, route, hop, state, created_at) "
                "VALUES ('1-m.f', 1, 'c', '10001', 'OPS-1', 'm.f', 0, 'pending', 1)"
            )
        )
    upgrade(db)
    assert runs.begin(db, "1-m.f", "1-m.f")
    run = runs.get(db, "1-m.f")
    assert run
    assert (run.state, run.turn, run.usage) == ("active", 0, {})
    db.close()
