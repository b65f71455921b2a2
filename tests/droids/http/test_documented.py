"""What docs/operating.md says of remote droids is so, and its example works."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from app import create_app
from app.droids.base import Report, Turn
from app.droids.http import wire
from app.droids.http.droid import HttpDroid
from app.events.event import Issue
from app.settings import load
from app.storage import callbacks, runs, turns
from app.storage.database import Database
from app.storage.runs import NewRun
from tests.docs.reading import ROOT, Block, blocks, code, rows, section
from tests.docs.world import eventually
from tests.droids.http.remote import SECRET
from tests.postgres import free_port

PAGE = ROOT / "docs" / "operating.md"
RUN = "000000000042-00-mention.answer"


def block(language: str, mark: str) -> Block:
    [found] = [block for block in blocks(PAGE, language) if mark in block.text]
    return found


def example(mark: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(block("json", mark).text)
    return shown


def test_a_task_has_the_fields_that_are_shown() -> None:
    shown = example('"task.created"')
    task = shown["data"]
    told = task["issue"]
    issue = Issue(
        id="1",
        key=told["key"],
        summary=told["summary"],
        project=told["project"],
        issue_type=told["type"],
        status=told["status"],
        labels=tuple(told["labels"]),
    )
    given = {name: task[name] for name in ("session", "autonomy", "question", "answer", "callback")}
    made = json.loads(wire.task_created(task["task"], task["prompt"], about=issue, seconds=1800, **given))
    for message in (shown, made):
        message.pop("timestamp")
        message["data"].pop("deadline")
    assert made == shown
    assert {name for row in rows(section(PAGE, "A task")) for name in code(row[0])} >= task.keys()


def test_reports_and_callbacks_are_read_as_they_are_shown() -> None:
    report, callback = example('"reason"'), example('"task.completed"')
    assert wire.read_report(json.dumps(report).encode()) == Report(**report)
    read = wire.read_callback(json.dumps(callback).encode())
    assert f"{read.run}/{read.turn}" == callback["data"].pop("task")
    assert read.report == Report(**callback["data"])


def test_every_type_of_callback_is_named() -> None:
    named = {text for text in code(section(PAGE, "A callback")) if text.startswith("task.")}
    assert named == {*wire.ENDS, wire.PROGRESS}


@pytest.fixture
def receiver(plain: Database, tmp_path: Path) -> Iterator[str]:
    """A receiver that knows one run, and where it listens."""
    with plain.writing() as tx:
        runs.insert(tx, [NewRun(RUN, 42, "c", "10001", "OPS-7", "OPS", "mention.answer", None, 0)])
    runs.begin(plain, RUN, RUN)
    run = runs.get(plain, RUN)
    assert run
    # As the worker writes it down right after the droid said that it works elsewhere.
    assert turns.hand_over(plain, run, 1, None, run.created_at + 60_000)
    environ = {"HOME": str(tmp_path), "DATABASE_URL": plain.url, "DROID_SECRET": SECRET}
    app = create_app(load({f"JIRA_REACTOR_{name}": value for name, value in environ.items()}))
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["database"].close()


@pytest.fixture
def droid(receiver: str, tmp_path: Path) -> Iterator[HttpDroid]:
    """The documented remote droid as a process of its own, and the droid that speaks to it."""
    source = block("python", '@app.post("/tasks")').text
    assert len([line for line in source.splitlines() if line]) <= 25
    (tmp_path / "droid.py").write_text(source)
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "droid", "run", "--port", str(port)]
    environ = os.environ | {"JIRA_REACTOR_DROID_SECRET": SECRET}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=log, stderr=log)
    try:
        assert eventually(lambda: b"Running on" in (tmp_path / "log").read_bytes()), (tmp_path / "log").read_text()
        yield HttpDroid(f"http://127.0.0.1:{port}/tasks", SECRET, receiver, ("127.0.0.1",))
    finally:
        process.terminate()
        process.wait(10)


def test_the_example_works(droid: HttpDroid, plain: Database, issue: Issue) -> None:
    task = {"about": issue, "timeout": 30, "turn": Turn(key=f"{RUN}/0")}
    assert droid.run("What would you look at?", **task).state == "working"
    assert eventually(lambda: callbacks.untaken(plain, 10))
    assert droid.run("What would you look at?", **task).state == "working"
    droid.cancel(f"{RUN}/0")
    [kept] = callbacks.untaken(plain, 10)
    assert (kept.run, kept.turn) == (RUN, 0)
    assert Report(**kept.report) == Report("On OPS-7 I was asked: What would you look at?")


def test_the_example_believes_only_who_knows_the_secret(droid: HttpDroid, plain: Database, issue: Issue) -> None:
    stranger = HttpDroid(droid.url, f"{SECRET[:-4]}AAA=", droid.public_url, droid.hosts)
    report = stranger.run("Do.", about=issue, timeout=30, turn=Turn(key=f"{RUN}/0"))
    assert report.reason == ("The remote droid did not take the task: it answered 401: The signature does not verify.")
