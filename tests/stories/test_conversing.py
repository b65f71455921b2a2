"""A colleague on the board: acknowledges, shows what it does, asks, remembers, stops, and always reports an end.

Each story runs `jira-reactor serve` with the recipe of a real agent program, which a stand-in plays.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import runs
from tests.droids.processes import alive
from tests.reacting.waiting import eventually
from tests.stories.house import House

AGENTS = Path(__file__).with_name("agents")


@pytest.fixture
def office(house: House, tmp_path: Path) -> House:
    """An installation whose droid is Claude Code, played by a stand-in that works in a folder of its own."""
    (tmp_path / "office").mkdir()
    house.environ["PATH"] = f"{AGENTS}:{os.environ['PATH']}"
    for name, value in {"DROID": "claude", "DROID_CWD": str(tmp_path / "office"), "ACKNOWLEDGE_AFTER": "0.3"}.items():
        house.set(name, value)
    house.set_up_at_once()
    return house


@pytest.fixture
def served(office: House) -> Iterator[House]:
    with office.served():
        yield office


def agent(house: House) -> int:
    """Wait until the agent is at work, and tell its process."""
    folder = Path(house.environ["JIRA_REACTOR_DROID_CWD"])
    eventually(lambda: list(folder.glob("at-work-*")))
    [mark] = folder.glob("at-work-*")
    return int(mark.name.rpartition("-")[2])


def newest(house: House) -> runs.Run:
    return next(run for run in runs.latest(house.db, 20) if run.lane == "runs")


def said(house: House, key: str, words: str) -> None:
    eventually(lambda: any(words in text for text in house.said(key)))


def test_it_acknowledges_shows_what_it_does_and_ends_with_duration_and_cost(served: House) -> None:
    key = served.issue()
    served.ask(key, "take your time")
    said(served, key, "**Working**")
    agent(served)
    [status] = served.said(key)
    seen = served.jira.site.issues[key].comments[-1]
    with served.db.writing() as tx:
        # As if fifteen seconds were over.
        tx.exec_driver_sql("UPDATE runs SET status_due = 1")
    said(served, key, "Bash make test")
    (Path(served.environ["JIRA_REACTOR_DROID_CWD"]) / "go").touch()
    served.done()
    said(served, key, "**Done**")
    ended, answer = served.said(key)
    assert ended.endswith("s, $0.42.")
    assert served.jira.site.issues[key].comments[1].id == seen.id
    assert answer == f"[~accountid:{served.ada.id}] All tests pass."
    assert status != ended


def test_it_remembers_the_issue_over_a_restart(office: House) -> None:
    key = office.issue()
    for answer in ("Begun.", "Resumed 11111111-2222-3333-4444-555555555555."):
        with office.served():
            office.ask(key, "go ahead")
            said(office, key, answer)
            office.done()
    assert len([text for text in office.said(key) if not text.startswith("**")]) == 2


def test_its_question_is_answered_after_a_restart_and_it_goes_on_in_its_session(office: House) -> None:
    key = office.issue()
    with office.served():
        office.ask(key, "ask me")
        said(office, key, "Which of the two?")
        eventually(lambda: newest(office).state == "awaiting input")
    with office.served():
        office.jira.site.add_comment(key, "the second", by=office.ada)
        said(office, key, "Going on in 11111111-2222-3333-4444-555555555555.")
        office.done()
    assert [run.state for run in runs.latest(office.db, 5)] == ["complete", "complete"]


def test_stop_kills_the_process_and_says_so(served: House) -> None:
    key = served.issue()
    served.ask(key, "take your time")
    pid = agent(served)
    said(served, key, "**Working**")
    served.ask(key, "stop")
    said(served, key, "Stopped: answer, at work for")
    eventually(lambda: not alive(pid))
    said(served, key, "**Stopped** after")
    served.done()
    assert newest(served).reason == "Ada said stop."


@pytest.mark.parametrize("how", ["closed", "moved"])
def test_an_issue_that_is_closed_or_moved_away_ends_the_work(served: House, how: str) -> None:
    site, key = served.jira.site, served.issue()
    site.add_project("SECRET", "Nobody authorized this")
    served.ask(key, "take your time")
    pid = agent(served)
    said(served, key, "**Working**")
    if how == "closed":
        site.move(key, "Done", by=served.ada)
    else:
        key = site.move_to_project(key, "SECRET", by=served.ada).key
        comments = [str(comment.body) for comment in site.issues[key].comments]
        # Jira's filter holds back what happens in a project that nobody authorized, so the droid has to look itself.
        (Path(served.environ["JIRA_REACTOR_DROID_CWD"]) / "go").touch()
    served.done()
    eventually(lambda: not alive(pid))
    assert newest(served).state == "stopped"
    if how == "closed":
        said(served, key, "Ada closed the issue.")
    else:
        assert [str(comment.body) for comment in site.issues[key].comments] == comments


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param("die", "killed by SIGKILL", id="dies silently"),
        pytest.param("fail", "There is no money left.", id="fails"),
    ],
)
def test_an_end_is_always_told(served: House, words: str, reason: str) -> None:
    key = served.issue()
    served.ask(key, words)
    said(served, key, reason)
    served.done()
    assert newest(served).state == "failed"


def test_a_deadline_is_told_too(office: House) -> None:
    office.set("DROID_TIMEOUT", "1")
    key = office.issue()
    with office.served():
        office.ask(key, "take your time")
        said(office, key, "It was not done within 1 seconds and was ended.")
        said(office, key, "**Failed** after 1 s")
        office.done()


def test_an_end_is_told_after_the_worker_was_killed_in_the_middle(served: House) -> None:
    """The agent dies with its worker, and the next worker lets another one do the work."""
    key = served.issue()
    served.ask(key, "take your time")
    pid = agent(served)
    worker = int(newest_worker(served).split(":")[-2])
    Path(f"{served.environ['JIRA_REACTOR_DROID_CWD']}/at-work-{pid}").unlink()
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: not alive(pid))
    agent(served)
    (Path(served.environ["JIRA_REACTOR_DROID_CWD"]) / "go").touch()
    said(served, key, "All tests pass.")
    said(served, key, "**Done** in")
    served.done()
    assert [text.endswith("All tests pass.") for text in served.said(key)].count(True) == 1


def newest_worker(house: House) -> str:
    from app.storage import workers

    [worker] = workers.alive(house.db, 5_000)
    return worker
