"""How long from a delivery's arrival to the handler's first write in Jira, on an otherwise idle box.

Plays on the demo's stage: one mention after the other, each on an issue of its own, answered by the echo droid. The
time is taken from the inbox's own clock to the moment the simulated Jira creates the comment.
"""

import json
import os
import statistics
import sys
import time
from datetime import datetime

from app.cli.demo.stage import Stage
from app.storage import deliveries

COUNT = int(os.environ.get("BENCH_COUNT", "100"))


def main() -> int:
    waits = []
    with Stage() as stage:
        stage.start_reactor()
        stage.connect()
        stage.authorize()
        stage.register()
        for number in range(COUNT):
            key = stage.create_issue(f"Issue {number}")
            stage.settle()
            stage.mention_droid(key, "what would you look at first?")
            if not stage.wait_for_comments(key, 1):
                print(f"{key} was not answered", file=sys.stderr)
                return 1
            stage.settle()
            waits.append(wait(stage, key))
            time.sleep(0.05)
    waits.sort()
    print(f"{COUNT} mentions, one at a time")
    print(f"delivery to first write: p50 {statistics.median(waits):.0f} ms, p95 {waits[int(COUNT * 0.95)]:.0f} ms")
    return 0


def wait(stage: Stage, key: str) -> float:
    """Tell the milliseconds from the mention's arrival to the first comment of the droid's."""
    answer, *_ = [c for c in stage.view.read_comments(key) if c.author and c.author.id == stage.droid.id]
    created = datetime.fromisoformat(answer.created).timestamp() * 1000
    for delivery in deliveries.latest(stage.db, 20):
        body = json.loads(delivery.body)
        if delivery.decision == "handled" and body["issue"]["key"] == key:
            return created - delivery.received_at
    raise LookupError(key)


if __name__ == "__main__":
    sys.exit(main())
