"""A handler that ends its worker is given up after a bounded number of attempts, and takes nobody along."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.installation import Installation
from tests.faults.processes import eventually

GIVEN_UP = "The run was begun 10 times and its worker ended each time."
#: Takes longer than any worker lives beside the poison.
DROID = "import time; time.sleep(1); print('Here is the answer.')"


# On SQLite, where a new worker takes over at once what the dead one left.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_poisonous_run_ends_as_failed_and_says_so_once_while_slower_runs_of_other_issues_complete(
    install: Callable[..., Installation], tmp_path: Path
) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(DROID)
    installation = install(droid="command", droid_command=f"{sys.executable} {agent}")
    site = installation.cloud
    poisoned, *others = (site.create_issue(project) for project in ("POISON", "SLOW", "SLOW"))
    installation.receiver()
    for key in others:
        site.ask(key)
    site.jira.site.set_labels(poisoned, "poison", by=site.ada)
    assert site.jira.sender.wait_idle()
    worker = installation.worker(wait=False)
    while not _ended(installation):
        assert eventually(lambda: not worker.running or _ended(installation))
        if not worker.running:
            worker.start()
    installation.settle()

    *completed, given_up = sorted(installation.runs(), key=lambda run: run.route)
    assert {(run.route, run.state) for run in completed} == {("mention.answer", "complete")}
    assert [len(site.comments(key)) for key in others] == [1, 1]
    assert (given_up.route, given_up.state, given_up.attempts) == ("poison.die", "failed", 11)
    assert given_up.reason.startswith(GIVEN_UP)
    assert "could not be said" not in given_up.reason
    assert GIVEN_UP in given_up.traceback
    assert [GIVEN_UP in text for text in site.texts(poisoned)] == [False, True]


def _ended(installation: Installation) -> bool:
    return [bool(run.ended_at) for run in installation.runs()] == [True] * 3
