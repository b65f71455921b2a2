import time

from app.storage import callbacks, runs, turns
from app.storage.database import Database
from app.storage.runs import NewRun

REPORT = {"text": "done", "usage": {"tokens": 7.5}, "session": None}


def add_run(db: Database, state: str) -> str:
    run = NewRun(f"run-{state}", 1, "c", "10001", "OPS-1", "OPS", "r", None, 0)
    with db.writing() as tx:
        runs.insert(tx, [run])
        tx.exec_driver_sql(f"UPDATE runs SET state = '{state}' WHERE id = '{run.id}'")
    return run.id


def test_a_message_is_kept_once_and_taken_once(db: Database) -> None:
    assert callbacks.keep(db, "m1", "run", 2, REPORT)
    assert not callbacks.keep(db, "m1", "run", 2, {"text": "other"})
    assert not callbacks.keep(db, "m1", "another", 0, REPORT)
    [kept] = callbacks.untaken(db, 10)
    assert (kept.key, kept.run, kept.turn, kept.report) == ("m1", "run", 2, REPORT)
    assert callbacks.take(db, "m1")
    assert not callbacks.take(db, "m1")
    assert not callbacks.take(db, "nobody")
    assert callbacks.untaken(db, 10) == []
    assert not callbacks.keep(db, "m1", "run", 2, REPORT)


def test_the_oldest_come_first(db: Database) -> None:
    for key in ("c", "a", "b"):
        callbacks.keep(db, key, "run", 0, REPORT)
        time.sleep(0.002)
    assert [kept.key for kept in callbacks.untaken(db, 2)] == ["c", "a"]


def test_what_is_kept_for_a_turn_is_known(db: Database) -> None:
    callbacks.keep(db, "m1", "run", 0, REPORT)
    callbacks.keep(db, "m2", "run", 1, REPORT)
    callbacks.take(db, "m2")
    assert callbacks.keys_of(db, "run", 1) == ["m2"]
    assert callbacks.keys_of(db, "run", 2) == []


def test_a_sign_of_life_is_written_down(db: Database) -> None:
    run = add_run(db, "active")
    turns.heard(db, run, "reading the code", "s1")
    first = runs.get(db, run)
    assert first
    assert (first.step, first.session) == ("reading the code", "s1")
    assert first.seen_at
    turns.heard(db, run, "", None)
    second = runs.get(db, run)
    assert second
    assert (second.step, second.session) == ("reading the code", "s1")
    assert second.seen_at
    assert second.seen_at >= first.seen_at


def test_a_stale_run_that_is_heard_of_is_active_again(db: Database) -> None:
    run = add_run(db, "stale")
    turns.heard(db, run, "back", None)
    heard = runs.get(db, run)
    assert heard
    assert (heard.state, heard.step) == ("active", "back")


def test_nothing_is_heard_of_a_run_that_is_not_at_work(db: Database) -> None:
    for state in ("pending", "awaiting input", "complete", "failed", "stopped"):
        run = add_run(db, state)
        turns.heard(db, run, "late", "s1")
        kept = runs.get(db, run)
        assert kept
        assert (kept.state, kept.step, kept.session, kept.seen_at) == (state, "", None, None)
