from functools import partial

import pytest

from app.storage import deliveries, runs
from app.storage.database import Database
from app.storage.runs import NewRun


def keep(db: Database, key: str) -> int | None:
    return deliveries.keep(db, connection_id="c", key=key, headers="{}", body=b'{"a": 1}', event="e")


def new_run(delivery: int, route: str = "m.f", fact: str | None = None, position: int = 0) -> NewRun:
    return NewRun(runs.run_id(delivery, position, route), delivery, "c", "10", "OPS-1", "OPS", route, fact, 0)


def test_a_delivery_is_kept_once_per_connection_and_key(db: Database) -> None:
    assert keep(db, "k") is not None
    assert keep(db, "k") is None
    other = deliveries.keep(db, connection_id="other", key="k", headers="{}", body=b"{}", event="e")
    assert other is not None


def test_deliveries_wait_in_order_of_arrival(db: Database) -> None:
    numbers = [keep(db, key) for key in "zyx"]
    assert [d.seq for d in deliveries.undecided(db, 2)] == numbers[:2]


def test_a_decision_is_taken_once_and_its_runs_come_with_it(db: Database) -> None:
    seq = keep(db, "k")
    assert seq is not None
    assert deliveries.decide(db, seq, "handled", "because", [partial(runs.insert, runs=[new_run(seq)])])
    assert not deliveries.decide(db, seq, "unmatched", "no", [partial(runs.insert, runs=[new_run(seq, position=1)])])
    kept = deliveries.get(db, seq)
    assert kept is not None
    assert (kept.decision, kept.reason) == ("handled", "because")
    assert [run.id for run in runs.of_delivery(db, seq)] == [f"{seq:012d}-00-m.f"]
    assert deliveries.undecided(db, 10) == []


def test_a_route_reacts_to_a_fact_once_and_the_decision_falls_with_the_second_run(db: Database) -> None:
    """Two leaders deciding at once must not both get their run in."""
    first, second = keep(db, "1"), keep(db, "2")
    assert first is not None
    assert second is not None
    deliveries.decide(db, first, "handled", "", [partial(runs.insert, runs=[new_run(first, fact="comment_created:7")])])
    with pytest.raises(Exception, match=r"runs_once_per_fact|UNIQUE"):
        deliveries.decide(
            db, second, "handled", "", [partial(runs.insert, runs=[new_run(second, fact="comment_created:7")])]
        )
    assert [d.seq for d in deliveries.undecided(db, 10)] == [second]
    assert runs.told(db, "c", "comment_created:7", "m.other", "m.f") == first
    assert runs.told(db, "c", "comment_created:7", "m.other") is None


def test_names_of_runs_sort_by_arrival() -> None:
    assert runs.run_id(9, 1, "z.z") < runs.run_id(10, 0, "a.a") < runs.run_id(10, 1, "a.a")


def test_the_newest_come_first_and_can_be_filtered(db: Database) -> None:
    first, second = keep(db, "1"), keep(db, "2")
    assert first is not None
    deliveries.decide(db, first, "unknown", "", [])
    assert [d.seq for d in deliveries.latest(db, 10)] == [second, first]
    assert [d.seq for d in deliveries.latest(db, 10, "unknown")] == [first]


def test_a_run_goes_from_pending_to_an_end_it_never_leaves(db: Database) -> None:
    seq = keep(db, "k")
    assert seq is not None
    run = new_run(seq)
    deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[run])])
    assert [r.id for r in runs.unqueued(db)] == [run.id]
    runs.queued(db, runs.unqueued(db))
    assert runs.unqueued(db) == []
    assert runs.begin(db, run.id, run.id)
    assert runs.begin(db, run.id, run.id)
    assert not runs.begin(db, run.id, "another turn")
    begun = runs.get(db, run.id)
    assert begun is not None
    assert (begun.state, begun.attempts) == ("active", 2)
    runs.end(db, run.id, "failed", reason="r", traceback="t")
    runs.end(db, run.id, "complete")
    assert not runs.begin(db, run.id, run.id)
    ended = runs.get(db, run.id)
    assert ended is not None
    assert (ended.state, ended.reason, ended.traceback, ended.attempts) == ("failed", "r", "t", 2)
    assert [r.id for r in runs.latest(db, 5, "failed")] == [run.id]
    assert runs.get(db, "nothing") is None


def test_runs_of_an_issue_are_counted(db: Database) -> None:
    seq = keep(db, "k")
    assert seq is not None
    deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[new_run(seq)])])
    [run] = runs.of_delivery(db, seq)
    assert runs.count_since(db, "c", "10", run.created_at) == 1
    assert runs.count_since(db, "c", "10", run.created_at + 1) == 0
    assert runs.count_since(db, "c", "11", 0) == 0


def test_the_one_that_waits_longest_is_known(db: Database) -> None:
    assert deliveries.waiting_since(db) is None
    first, second = keep(db, "1"), keep(db, "2")
    assert first is not None
    assert second is not None
    arrived = deliveries.get(db, first)
    assert arrived is not None
    assert deliveries.waiting_since(db) == arrived.received_at
    for seq in (first, second):
        deliveries.decide(db, seq, "unknown", "", [])
    assert deliveries.waiting_since(db) is None


def test_what_jira_pushed_after_a_delivery_is_told_without_replays(db: Database) -> None:
    assert deliveries.newest(db) == 0
    keep(db, "1")
    seen = deliveries.newest(db)
    pushed = keep(db, "2")
    deliveries.keep(db, connection_id="c", key="r", headers="{}", body=b"{}", event="e", replay_of=seen)
    deliveries.keep(db, connection_id="other", key="2", headers="{}", body=b"{}", event="e")
    assert [d.seq for d in deliveries.pushed_after(db, "c", seen)] == [pushed]


def test_deliveries_are_looked_through_from_the_newest_back_to_a_moment(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_PAGE", 2)
    numbers = [keep(db, str(number)) for number in range(5)]
    deliveries.keep(db, connection_id="other", key="k", headers="{}", body=b"{}", event="e")
    assert [d.seq for d in deliveries.back_to(db, "c", 0)] == numbers[::-1]
    newest = deliveries.get(db, numbers[-1] or 0)
    assert newest is not None
    assert list(deliveries.back_to(db, "c", newest.received_at + 1)) == []
