"""Thousands of comments past rate limits and failures by chance: each is written once, none twice, none lost.

Two processes with several threads each write through what handlers write through, sharing one SQLite database, to a
simulated Jira Cloud that limits writes to an issue and bursts, in shortened times, and answers 429 and 503 by chance,
503 also after it did what was asked.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.connecting.budget import SharedBudget
from app.engine import Patience
from app.jira import ApiToken, RetryPolicy, connect
from app.markup import to_markdown
from app.reacting.actions import Actions
from app.simulator import Running, start
from app.storage.database import Database
from app.storage.runs import Run
from app.storage.upgrade import upgrade

T = TypeVar("T")

PROCESSES = 2
THREADS = 8
#: Comments to each issue, one after the other, so that both processes write to the same few at a time.
PER_ISSUE = 50


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    wanted: int
    #: How often each text stands in Jira.
    found: Counter[str]
    #: Comment ids that were returned but are not in Jira, or the other way round.
    strays: int
    #: Answers by status, and those of 429 by their reason.
    answers: Counter[str]
    seconds: float

    @property
    def lost(self) -> int:
        return self.wanted - len(self.found)

    @property
    def doubled(self) -> int:
        return sum(self.found.values()) - len(self.found)


@dataclass(frozen=True)
class Job:
    """What one process is told to write."""

    url: str
    email: str
    token: str = field(repr=False)
    database_url: str
    numbers: range


class Plain:
    """Stands in for the engine: a step is done and not remembered."""

    def step(self, name: str, do: Callable[[], T]) -> T:
        return do()


def storm(writes: int, *, scale: float = 0.03, failing: float = 0.1) -> Outcome:
    """Write so many comments; `scale` shortens Jira's limits, `failing` is the share of calls that fail by chance."""
    # In memory where the machine offers that: how fast its disk is does not matter here.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        return storm_in(Path(folder), writes, scale=scale, failing=failing)


def storm_in(folder: Path, writes: int, *, scale: float, failing: float) -> Outcome:
    database_url, journal = f"sqlite:///{folder / 'reactor.sqlite3'}", folder / "exchanges.jsonl"
    db = Database(database_url)
    upgrade(db)
    db.close()
    with start("cloud", journal=journal) as running:
        droid = running.site.add_user("Factory Droid", email="droid@example.com")
        running.site.add_project("OPS", "Operations")
        for number in range(-(-writes // PER_ISSUE)):
            running.site.create_issue("OPS", f"Issue {number}", by=droid)
        make_trouble(running, scale, failing)
        jobs = [
            Job(running.url, droid.email, droid.token, database_url, range(first, writes, PROCESSES))
            for first in range(PROCESSES)
        ]
        began = time.monotonic()
        # Not forked: a fork would take the simulator's threads and locks along.
        with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
            ids = {one for made in pool.map(work, jobs) for one in made}
        seconds = time.monotonic() - began
        comments = [comment for issue in running.site.issues.values() for comment in issue.comments]
    found = Counter(to_markdown(comment.body).strip() for comment in comments)
    strays = len(ids ^ {str(comment.id) for comment in comments})
    return Outcome(writes, found, strays, counted(journal), seconds)


def make_trouble(running: Running, scale: float, failing: float) -> None:
    """Let Jira limit and fail."""
    trouble = running.trouble
    trouble.limits.scale, trouble.limits.issue_writes, trouble.limits.bursts = scale, True, {"GET": 15, "POST": 15}
    always = sys.maxsize
    # A machine too slow to run into the limits meets their answers all the same.
    for reason, share in (("jira-per-issue-on-write", 4), ("jira-burst-based", 4), ("jira-quota-tenant-based", 20)):
        trouble.answer(429, times=always, probability=failing / share, reason=reason, retry_after=0.02)
    trouble.answer(503, times=always, probability=failing / 4)
    trouble.answer(503, times=always, probability=failing / 4, executed=True)


def work(job: Job) -> list[str]:
    """Write what a process is told to, from several threads, and return the ids of the comments."""
    db = Database(job.database_url)
    budget, local = SharedBudget(db, "acme"), threading.local()

    def write(number: int) -> str:
        if not hasattr(local, "jira"):
            retries = RetryPolicy(start=0.02, jitter=0.05, cap=0.5)
            local.jira = connect("cloud", job.url, ApiToken(job.email, job.token), retries=retries, budget=budget)
        jira, key = local.jira, f"OPS-{number // PER_ISSUE + 1}"
        actions = Actions(db, Plain(), run(number, key), Patience(first=0.05, longest=1.0, total=120.0))
        return actions.perform(
            "comment",
            lambda marker: jira.comment(key, f"write {number}", marker=marker),
            lambda marker: jira.find_comment(key, marker),
        )

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(write, job.numbers))


def run(number: int, key: str) -> Run:
    return Run(
        id=f"run-{number}",
        delivery=number,
        connection_id="acme",
        issue=key,
        issue_key=key,
        project="OPS",
        route="storm.write",
        fact=None,
        hop=0,
        state="active",
        attempts=1,
        created_at=0,
        enqueued_at=None,
        started_at=None,
        ended_at=None,
        reason="",
        traceback="",
    )


def counted(journal: Path) -> Counter[str]:
    """Count what Jira answered."""
    answers: Counter[str] = Counter()
    for line in journal.read_text().splitlines():
        told: dict[str, Any] = json.loads(line)
        reason = told["headers"].get("RateLimit-Reason", "")
        answers[f"{told['status']} {reason}".strip()] += 1
    return answers


def main() -> int:
    writes = int(os.environ.get("BENCH_WRITES", "10000"))
    outcome = storm(writes)
    print(f"{writes} comments from {PROCESSES} processes with {THREADS} threads each in {outcome.seconds:.1f} s")
    print(f"lost {outcome.lost}, doubled {outcome.doubled}, strays {outcome.strays}")
    for answer, times in sorted(outcome.answers.items()):
        print(f"{times:7d} x {answer}")
    return 0 if outcome.lost == outcome.doubled == outcome.strays == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
