"""A droid elsewhere, from a mention in Jira to its answer there."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.storage import runs, turns
from tests.droids.http.remote import SECRET, Remote, call_back, serving
from tests.reacting.waiting import eventually
from tests.stories.house import House


@pytest.fixture
def remote(house: House) -> Iterator[Remote]:
    """A remote droid that promises to work, and the installation that has it."""
    with serving() as remote:
        remote.says(202, {"session": "s1"})
        settings = {"DROID": "http", "DROID_URL": remote.url, "DROID_SECRET": SECRET, "DROID_HOSTS": "127.0.0.1"}
        for name, value in settings.items():
            house.set(name, value)
        house.set_up_at_once()
        yield remote


def handed_over(house: House, remote: Remote, count: int = 1) -> dict[str, Any]:
    """Wait until the newest run waits for so many tasks to be done, and return the last of them."""
    eventually(lambda: len(remote.told("task.created")) == count)
    eventually(lambda: runs.latest(house.db, 1)[0].remote_until is not None)
    return remote.told("task.created")[-1]


def test_it_asks_back_and_answers_in_one_conversation(house: House, remote: Remote) -> None:
    with house.served():
        key = house.issue()
        house.ask(key, "please fix the printer")
        first = handed_over(house, remote)
        assert (first["issue"]["key"], first["session"], first["question"]) == (key, None, "")
        assert "please fix the printer" in first["prompt"]

        assert call_back(first, "task.progress", step="looking at the printer") == 202
        assert runs.latest(house.db, 1)[0].step == "looking at the printer"

        assert call_back(first, "task.question", question="The red one or the blue one?") == 202
        eventually(lambda: any("The red one or the blue one?" in said for said in house.said(key)))
        assert call_back(first, "task.completed", text="too late") == 410
        eventually(lambda: runs.latest(house.db, 1)[0].question_comment)

        remote.says(200, {"text": "The red printer prints again.", "usage": {"tokens": 7}})
        house.ask(key, "the red one")
        eventually(lambda: any("The red printer prints again." in said for said in house.said(key)))
        second = remote.told("task.created")[-1]
        assert second["task"] != first["task"]
        assert second["task"].rpartition("/")[0] == first["task"].rpartition("/")[0]
        assert (second["session"], second["question"]) == ("s1", "The red one or the blue one?")
        assert second["answer"] == "the red one"
        house.done()


def test_a_run_waits_over_a_restart_and_a_busy_far_side_is_asked_again(house: House, remote: Remote) -> None:
    remote.says(503, b"busy")
    with house.served():
        key = house.issue()
        house.ask(key, "please fix the printer")
        eventually(lambda: remote.told("task.created"))
        remote.says(202)
        eventually(lambda: len(remote.told("task.created")) > 1 and works_elsewhere(house))
    tasks = remote.told("task.created")
    assert len({task["task"] for task in tasks}) == 1
    assert len({headers["webhook-id"] for headers, _ in remote.asked}) == 1
    with house.served():
        assert call_back(tasks[-1], "task.completed", text="Done at last.") == 202
        eventually(lambda: any("Done at last." in said for said in house.said(key)))
        house.done()
    assert len(remote.told("task.created")) == len(tasks)


def works_elsewhere(house: House) -> bool:
    """Tell whether somebody took the newest run's task."""
    run = runs.latest(house.db, 1)[0]
    return run.remote_until is not None and not turns.offers(run)


def test_a_failure_elsewhere_is_said_in_jira(house: House, remote: Remote) -> None:
    with house.served():
        key = house.issue()
        house.ask(key, "please fix the printer")
        assert call_back(handed_over(house, remote), "task.failed", reason="There is no paper.") == 202
        eventually(lambda: any("There is no paper." in said for said in house.said(key)))
        house.done()


def test_stop_reaches_the_far_side_and_its_answer_changes_nothing(house: House, remote: Remote) -> None:
    with house.served():
        key = house.issue()
        house.ask(key, "please fix the printer")
        task = handed_over(house, remote)
        house.ask(key, "stop")
        eventually(lambda: remote.told("task.stopped"))
        house.done()
        assert remote.told("task.stopped") == [{"task": task["task"]}]
        assert call_back(task, "task.completed", text="Done anyway.") == 410
        assert not any("Done anyway." in said for said in house.said(key))
