import threading
import time

from app.storage import audit, workers
from app.storage.database import Database
from app.storage.leading import Leadership


def test_one_leads_until_it_lets_go(db: Database) -> None:
    first, second = Leadership(db), Leadership(db)
    assert first.held()
    assert first.held()
    assert not second.held()
    first.release()
    assert second.held()
    second.release()


def test_a_leader_whose_session_broke_no_longer_leads(db: Database) -> None:
    """Only PostgreSQL can take a session away; on SQLite the lock is the process's own."""
    first, second = Leadership(db), Leadership(db)
    assert first.held()
    if not db.sqlite:
        with db.writing() as tx:
            tx.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        assert not first.held()
    else:
        first.release()
    assert second.held()
    second.release()


def test_heartbeats_tell_who_lives(db: Database) -> None:
    workers.beat(db, "a")
    workers.beat(db, "a")
    workers.beat(db, "b")
    assert workers.alive(db, 60_000) == {"a", "b"}
    assert workers.alive(db, -1) == frozenset()
    workers.bury(db, ["a"])
    assert workers.alive(db, 60_000) == {"b"}


def test_the_audit_log_tells_the_newest_first(db: Database) -> None:
    audit.record(db, "cli", "first")
    audit.record(db, "cli", "second")
    assert [(who, what) for _, who, what in audit.latest(db, 5)] == [("cli", "second"), ("cli", "first")]


def test_what_is_exclusive_is_entered_by_one_at_a_time(db: Database) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def enter() -> None:
        nonlocal inside, most
        with db.exclusive("refresh c"):
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)
