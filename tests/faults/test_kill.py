"""Kill -9 of the receiver and the worker while deliveries pour in: nothing is lost, nothing happens twice."""

import os
import secrets
from collections import Counter
from collections.abc import Callable

from tests.faults.conftest import COUNTED
from tests.faults.flood import HAPPENINGS, KILLS, flood_under_fire
from tests.faults.installation import Installation
from tests.faults.tally import Tally


def test_every_delivery_accepted_under_fire_leaves_its_comment_and_its_transition_once_and_in_order(
    install: Callable[..., Installation], record_property: Callable[[str, object], None]
) -> None:
    """The seed is in the summary; REACTOR_FAULT_SEED=... repeats the moments, as far as moments repeat."""
    seed = int(os.environ.get("REACTOR_FAULT_SEED") or secrets.randbelow(10**9))
    installation = install()
    receiver, worker = installation.receiver(), installation.worker()
    record_property(COUNTED, f"{installation.db.engine.name}, seed {seed}")
    try:
        flood_under_fire(installation, receiver, worker, seed)
        installation.settle()
    finally:
        tally = Tally(installation)
        record_property(COUNTED, f"    {tally.lines(receiver, worker)}")

    assert min(receiver.kills, worker.kills) >= KILLS
    assert {sent.state for sent in tally.sent} == {"delivered"}
    # Compared by their bytes, which no two happenings share, and not by the keys that the receiver gives them.
    kept = Counter(delivery.body for delivery in tally.inbox)
    assert kept == Counter(iter({sent.body for sent in tally.accepted}))
    assert len(kept) == len(tally.sent)
    assert all(delivery.decision for delivery in tally.inbox)

    assert len(tally.handled) == HAPPENINGS
    once = Counter(delivery.seq for delivery in tally.handled)
    assert tally.written("comment") == once
    assert tally.written("transition") == once
    assert {run.state for run in tally.runs} == {"complete"}
    # Whoever had to wait was told so in one comment, which in the end tells the end.
    assert len(tally.statuses) == tally.acknowledged
    assert [said for said in tally.statuses if not said.startswith("*Done*")] == []
    assert tally.disorder() == []
    assert tally.overlaps() == []
