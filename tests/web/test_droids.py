"""Callbacks of remote droids, as the receiver takes them."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.droids.base import Report
from app.settings import load
from app.storage import callbacks, runs
from app.storage.database import Database, now
from app.storage.runs import NewRun, Run
from tests.droids.http.remote import SECRET, signature

RUN = "000000000007-00-mention.answer"
TASK = f"{RUN}/1"
DONE = {"type": "task.completed", "timestamp": "2026-01-01T00:00:00Z", "data": {"task": TASK, "text": "done"}}


@pytest.fixture
def run(db: Database) -> Run:
    """A run in its second turn, at work elsewhere."""
    with db.writing() as tx:
        runs.insert(tx, [NewRun(RUN, 7, "c", "10001", "OPS-1", "OPS", "mention.answer", None, 0)])
    return put(db, state="active", turn=1, remote_until=now() + 60_000)


def put(db: Database, **values: Any) -> Run:
    sets = ", ".join(f"{name} = :{name}" for name in values)
    db.put(f"UPDATE runs SET {sets} WHERE id = :id RETURNING id", values | {"id": RUN})
    return got(db)


def got(db: Database) -> Run:
    run = runs.get(db, RUN)
    assert run
    return run


@pytest.fixture
def app(db: Database, tmp_path: Path) -> Iterator[Flask]:
    environ = {"HOME": str(tmp_path), "DATABASE_URL": db.url, "DROID_SECRET": SECRET, "MAX_BODY": "20000"}
    app = create_app(load({f"JIRA_REACTOR_{name}": value for name, value in environ.items()}))
    yield app
    app.extensions["database"].close()


def call(client: FlaskClient, message: Any, key: str = "m1", **change: Any) -> TestResponse:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    timestamp = str(int(time.time()))
    headers = {"webhook-id": key, "webhook-timestamp": timestamp}
    headers["webhook-signature"] = signature(SECRET, key, timestamp, body)
    request = {"data": body, "headers": headers | change.pop("headers", {}), "content_type": "application/json"}
    return client.post("/droids/callback", **(request | change))


def message(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"task": TASK} | data}


@pytest.mark.parametrize(
    ("said", "report"),
    [
        (DONE, Report("done")),
        (
            message("task.completed", text="done", session="s2", usage={"tokens": 7}, more="later"),
            Report("done", session="s2", usage={"tokens": 7}),
        ),
        (message("task.failed", reason="no repository"), Report("", "failed", reason="no repository")),
        (message("task.question", question="Which?"), Report("", "awaiting input", question="Which?")),
    ],
    ids=["completed", "with everything", "failed", "question"],
)
def test_what_ends_a_turn_is_kept_before_it_is_accepted(
    client: FlaskClient, run: Run, db: Database, said: Any, report: Report
) -> None:
    assert call(client, said).status_code == 202
    [kept] = callbacks.untaken(db, 10)
    assert (kept.key, kept.run, kept.turn) == ("m1", RUN, 1)
    assert Report(**kept.report) == report


def test_a_repeat_gets_200_even_when_its_turn_is_long_over(client: FlaskClient, run: Run, db: Database) -> None:
    assert [call(client, DONE).status_code for _ in range(2)] == [202, 200]
    callbacks.take(db, "m1")
    put(db, state="complete", turn=2)
    assert call(client, DONE).status_code == 200
    assert callbacks.keys_of(db, RUN, 1) == ["m1"]


def test_progress_is_a_sign_of_life_and_ends_nothing(client: FlaskClient, run: Run, db: Database) -> None:
    assert call(client, message("task.progress", step="reading\nthe code", session="s1")).status_code == 202
    heard = got(db)
    assert (heard.step, heard.session, heard.state) == ("reading the code", "s1", "active")
    assert heard.seen_at
    assert callbacks.untaken(db, 10) == []


@pytest.mark.parametrize("kind", ["task.completed", "task.progress"])
@pytest.mark.parametrize(
    "values",
    [{"state": "complete"}, {"state": "stopped"}, {"state": "awaiting input"}, {"state": "active", "turn": 2}],
    ids=str,
)
def test_a_turn_that_is_over_takes_nothing_more(
    client: FlaskClient, run: Run, db: Database, kind: str, values: dict[str, Any]
) -> None:
    before = put(db, **values)
    answer = call(client, message(kind, text="late", step="late"))
    assert (answer.status_code, answer.json["title"]) == (410, "The task is over")
    assert callbacks.untaken(db, 10) == []
    assert got(db) == before


def test_a_turn_ends_once(client: FlaskClient, run: Run, db: Database) -> None:
    assert call(client, DONE).status_code == 202
    assert call(client, message("task.failed"), key="m2").status_code == 410
    assert callbacks.keys_of(db, RUN, 1) == ["m1"]


def test_an_id_that_came_with_another_task_is_told_from_a_repeat(client: FlaskClient, run: Run, db: Database) -> None:
    callbacks.keep(db, "m1", "another run", 0, {})
    answer = call(client, DONE)
    assert (answer.status_code, answer.json["title"]) == (409, "The webhook-id was used before")


@pytest.mark.parametrize("state", ["pending", "active", "stale"])
def test_an_answer_quicker_than_our_own_record_counts(client: FlaskClient, run: Run, db: Database, state: str) -> None:
    put(db, state=state)
    assert call(client, DONE).status_code == 202


@pytest.mark.parametrize(
    ("task", "status"),
    [
        ("nobody/0", 404),
        (f"{RUN}/2", 404),
        (RUN, 400),
        (f"{RUN}/", 400),
        (f"{RUN}/-1", 400),
        (f"{RUN}/1\n", 400),
        (f"{RUN}/{'9' * 10}", 400),
        ("\x00/1", 400),
        ("\ud800/1", 400),
        ("", 400),
        (5, 400),
        (None, 400),
    ],
)
def test_a_task_that_nobody_gave(client: FlaskClient, run: Run, db: Database, task: Any, status: int) -> None:
    answer = call(client, message("task.completed", text="done", task=task))
    assert answer.status_code == status
    assert callbacks.untaken(db, 10) == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "It is not JSON."),
        (b"[]", "It is not a JSON object."),
        (b'"' + b"x" * 100 + b'"', "It is not a JSON object."),
        ({"data": {}}, "type: Missing data for required field."),
        ({"type": "task.created", "data": {"task": TASK}}, "type: Must be one of: task.completed"),
        ({"type": "task.completed"}, "data: Missing data for required field."),
        ({"type": "task.completed", "data": []}, "data: Not a valid mapping type."),
        (message("task.completed"), "data.text: Missing"),
        (message("task.completed", text="\x00"), "data.text: Missing"),
        (message("task.question", text="Which?"), "data.question: Missing"),
        (message("task.completed", text="x", usage={"tokens": "x"}), "data.usage.tokens: Not a valid number."),
        (message("task.completed", text="x", session=""), "data.session: Not 1 to 500"),
        (message("task.progress", step=["x"]), "data.step: Not a valid string."),
    ],
)
def test_a_wrong_shape_is_told_by_its_field(
    client: FlaskClient, run: Run, db: Database, body: Any, detail: str
) -> None:
    before = got(db)
    answer = call(client, body)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["detail"].startswith(detail)
    assert callbacks.untaken(db, 10) == []
    assert got(db) == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"headers": {"webhook-signature": "v1,AAAA"}}, 401),
        ({"headers": {"webhook-id": "m2"}}, 401),
        ({"headers": {"webhook-timestamp": "1"}}, 401),
        ({"headers": {"webhook-timestamp": "now"}}, 401),
        ({"headers": None}, 401),
        ({"data": json.dumps(DONE).encode() + b" "}, 401),
        ({"content_type": "text/plain"}, 415),
        ({"data": b" " * 20_001}, 413),
    ],
    ids=str,
)
def test_what_is_not_proved_is_refused(
    client: FlaskClient, run: Run, db: Database, change: dict[str, Any], status: int
) -> None:
    """Each row breaks exactly one part of a valid request."""
    if change.get("headers", ...) is None:
        answer = client.post("/droids/callback", json=DONE)
    else:
        answer = call(client, DONE, **change)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert callbacks.untaken(db, 10) == []


def test_an_id_that_no_database_holds_is_refused(client: FlaskClient, run: Run, db: Database) -> None:
    assert call(client, DONE, key="m" * 255).status_code == 202
    assert call(client, DONE, key="m" * 256).status_code == 400


def test_without_a_secret_nobody_is_believed(db: Database, run: Run, tmp_path: Path) -> None:
    app = create_app(load({"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_DATABASE_URL": db.url}))
    answer = call(app.test_client(), DONE)
    app.extensions["database"].close()
    assert (answer.status_code, answer.json["title"]) == (404, "There is no such task")
    assert callbacks.untaken(db, 10) == []


def test_a_store_that_is_away_asks_to_send_again(client: FlaskClient, run: Run, db: Database) -> None:
    with db.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE callbacks")
    answer = call(client, DONE)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
