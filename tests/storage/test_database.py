import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.storage import deliveries, tables
from app.storage.database import Database, StorageError, Unavailable
from app.storage.upgrade import upgrade


def test_a_database_without_tables_says_how_to_make_them(database_url: str) -> None:
    db = Database(database_url)
    with pytest.raises(StorageError, match="jira-reactor upgrade"):
        deliveries.undecided(db, 1)
    db.close()


def test_a_database_that_is_away_is_worth_another_try_and_named_without_password() -> None:
    db = Database("postgresql+psycopg://reactor:hunter2@127.0.0.1:1/x")
    with pytest.raises(Unavailable) as caught:
        deliveries.undecided(db, 1)
    assert caught.value.transient
    assert "JIRA_REACTOR_DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_an_unavailable_database(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    db = Database(f"sqlite:///{tmp_path}/file/reactor.sqlite3")
    with pytest.raises(Unavailable):
        deliveries.undecided(db, 1)


def test_sqlite_writes_ahead_and_syncs_every_commit(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/reactor.sqlite3")
    with db.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    db.close()


def test_what_a_reading_changes_is_rolled_back(db: Database) -> None:
    with db.reading() as tx:
        tx.execute(tables.audit.insert().values(at=1, who="a", what="b"))
    with db.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(tables.audit)) == 0


def test_a_failed_writing_leaves_nothing(db: Database) -> None:
    def write() -> None:
        with db.writing() as tx:
            tx.execute(tables.audit.insert().values(at=1, who="a", what="b"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    with db.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(tables.audit)) == 0


def _keep_many(url: str, name: str) -> None:
    db = Database(url)
    for number in range(50):
        deliveries.keep(db, connection_id="c", key=f"{name}-{number}", headers="{}", body=b"{}", event="e")
    db.close()


def test_writers_in_several_processes_wait_for_each_other(db: Database) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_keep_many, args=(db.url, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(deliveries.undecided(db, 1000)) == 150


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    db = Database(database_url)
    before, head = upgrade(db)
    assert before is None
    assert upgrade(db) == (head, head)
    db.close()


def test_the_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with db.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx), tables.metadata) == []


def test_the_files_of_an_installation_are_its_owners_alone(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/home/reactor.sqlite3")
    upgrade(db)
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    db.close()
    with sqlite3.connect(tmp_path / "home" / "reactor.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    connection.close()


def test_a_file_that_is_no_database_is_told_with_a_cure(tmp_path: Path) -> None:
    file = tmp_path / "reactor.sqlite3"
    file.write_bytes(b"not what SQLite writes " * 500)
    broken = Database(f"sqlite:///{file}")
    for use in (lambda: broken.look("SELECT 1", {}), lambda: upgrade(broken)):
        with pytest.raises(StorageError, match=r"The database is damaged \(file is not a database\)") as caught:
            use()
        assert str(file) in caught.value.cure


def test_after_a_failed_statement_the_next_meets_the_file_that_is_there_then(tmp_path: Path) -> None:
    file = tmp_path / "reactor.sqlite3"
    db = Database(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="jira-reactor upgrade"):
        db.look("SELECT id FROM connections", {})
    upgrade(other := Database(f"sqlite:///{tmp_path}/other.sqlite3"))
    other.close()
    (tmp_path / "other.sqlite3").rename(file)
    assert db.look("SELECT id FROM connections", {}) == []
    db.close()


def test_a_statement_that_fails_lets_the_next_writer_in(plain: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        plain.put("INSERT INTO audit (at, who) VALUES (:at, :who) RETURNING id", {"at": 1, "who": None})
    mine = "INSERT INTO audit (at, who, what) VALUES (1, 'a', 'b') RETURNING id"
    assert len(plain.put(mine, {})) == 1


def test_a_fork_opens_a_connection_of_its_own(plain: Database) -> None:
    plain.look("SELECT 1", {})
    file = plain.engine.url.database
    assert file
    child = os.fork()
    if child == 0:
        before = _open_files(file)
        plain.look("SELECT 1", {})
        os._exit(_open_files(file) - before)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def _open_files(path: str) -> int:
    return sum(os.path.realpath(f"/proc/self/fd/{number}") == path for number in os.listdir("/proc/self/fd"))


def test_the_accept_path_syncs_every_commit(plain: Database) -> None:
    assert plain.look("PRAGMA synchronous", {}) == [(2,)]
    assert plain.look("PRAGMA journal_mode", {}) == [("wal",)]
