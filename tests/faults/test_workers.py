"""What happens to the work, and to a droid, when a worker dies or a second one comes."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.droids.processes import alive
from tests.faults.installation import Installation
from tests.faults.processes import eventually

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

#: Hangs when it is run for the first time, with its pid in the file that is its argument; answers from then on.
DROID = """
import os, pathlib, sys, time
file = pathlib.Path(sys.argv[1])
if file.exists():
    print("Here is the answer.")
else:
    file.with_suffix(".new").write_text(str(os.getpid()))
    file.with_suffix(".new").rename(file)
    time.sleep(600)
"""


@ON_SQLITE
def test_a_droid_dies_with_its_worker_and_its_run_goes_on_with_the_next(
    install: Callable[..., Installation], tmp_path: Path
) -> None:
    program, pid = tmp_path / "agent.py", tmp_path / "pid"
    program.write_text(DROID)
    installation = install(droid="command", droid_command=f"{sys.executable} {program} {pid}")
    site = installation.cloud
    key = site.create_issue("SLOW")
    installation.receiver()
    worker = installation.worker()
    site.ask(key)
    assert eventually(pid.exists)
    droid = int(pid.read_text())
    assert alive(droid)

    worker.kill()
    assert eventually(lambda: not alive(droid))
    worker.start()
    installation.settle()

    assert [(run.state, run.attempts) for run in installation.runs()] == [("complete", 2)]
    assert ["Here is the answer." in text for text in site.texts(key)] == [True]


@ON_POSTGRESQL
def test_two_workers_share_the_runs_one_of_them_decides_and_its_death_makes_the_other_one_decide(
    install: Callable[..., Installation],
) -> None:
    installation = install(concurrency="2")
    receiver = installation.receiver()
    first, second = installation.worker("first"), installation.worker("second")
    keys = [(site, site.create_issue("FLOOD")) for site in installation.sites for _ in range(8)]
    for site, key in keys:
        site.ask(key)
    installation.settle()

    deciding = [worker for worker in (first, second) if worker.said("decided")]
    assert len(deciding) == 1
    begun = [line["run"] for worker in (first, second) for line in worker.said("run begins")]
    assert sorted(begun) == sorted(run.id for run in installation.runs())
    assert first.said("run begins")
    assert second.said("run begins")

    leader, other = (first, second) if first.said("decided") else (second, first)
    leader.kill()
    for site, key in keys:
        site.ask(key)
    installation.settle()
    assert other.said("decided")
    assert {run.state for run in installation.runs()} == {"complete"}
    assert [(len(site.comments(key)), len(site.moves(key))) for site, key in keys] == [(2, 2)] * len(keys)
    assert receiver.running


@ON_SQLITE
def test_a_second_worker_on_sqlite_waits_for_the_end_of_the_first(install: Callable[..., Installation]) -> None:
    installation = install()
    site = installation.cloud
    key = site.create_issue("FLOOD")
    installation.receiver()
    first = installation.worker("first")
    second = installation.worker("second", wait=False)
    site.ask(key)
    installation.settle()
    assert second.running
    assert not second.said("worker works")

    first.stop()
    second.wait_until_ready()
    site.ask(key)
    installation.settle()
    begun = [[line["run"] for line in worker.said("run begins")] for worker in (first, second)]
    assert [len(runs) for runs in begun] == [2, 2]
    assert (len(site.comments(key)), len(site.moves(key))) == (2, 2)
