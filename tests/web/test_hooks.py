import json
import time
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest
from flask.testing import FlaskClient

from app.storage import deliveries, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

BODY = json.dumps({"webhookEvent": "jira:issue_created", "timestamp": 1, "issue": {"id": "1", "key": "OPS-1"}}).encode()
Signed = Callable[..., dict[str, str]]


def test_a_signed_delivery_is_kept_as_it_came_before_it_is_accepted(
    client: FlaskClient, connection: Connection, db: Database, signed: Signed
) -> None:
    headers = signed(BODY) | {"X-Atlassian-Webhook-Identifier": "i1", "X-Atlassian-Webhook-Retry": "2"}
    answer = client.post(f"/webhooks/jira/{connection.id}", data=BODY, headers=headers, content_type="application/json")
    assert answer.status_code == 202
    [kept] = deliveries.undecided(db, 10)
    assert kept.body == BODY
    assert kept.key == "id:i1"
    assert kept.event == "jira:issue_created"
    assert json.loads(kept.headers)["x-atlassian-webhook-retry"] == "2"
    assert "signature" not in kept.headers


def test_a_repeat_gets_200_and_changes_nothing(
    client: FlaskClient, connection: Connection, db: Database, signed: Signed
) -> None:
    url, form = f"/webhooks/jira/{connection.id}", "application/json; charset=utf-8"
    headers = signed(BODY) | {"X-Atlassian-Webhook-Identifier": "i1"}
    codes = [client.post(url, data=BODY, headers=headers, content_type=form).status_code for _ in range(3)]
    assert codes == [202, 200, 200]
    assert len(deliveries.undecided(db, 10)) == 1


def test_the_token_of_a_dynamic_webhook_is_accepted(
    client: FlaskClient, connection: Connection, db: Database, vault: Vault
) -> None:
    secret = "the-client-secret-of-an-oauth-application"
    webhooks.add(db, vault, connection_id=connection.id, kind="dynamic", jira_id="2", secret=secret)
    now = int(time.time())
    headers = {"Authorization": "Bearer " + jwt.encode({"iat": now, "exp": now + 60}, secret, algorithm="HS256")}
    answer = client.post(f"/webhooks/jira/{connection.id}", data=BODY, headers=headers, content_type="application/json")
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("change", "status", "title"),
    [
        pytest.param({"headers": {}}, 401, "The signature does not verify", id="no signature"),
        pytest.param({"headers": {"X-Hub-Signature": "sha256=00"}}, 401, "The signature does not verify", id="wrong"),
        pytest.param({"data": b"{"}, 400, "The body is not JSON", id="not JSON"),
        pytest.param({"data": b"\xff\xfe{}"}, 400, "The body is not JSON", id="not UTF-8"),
        pytest.param({"data": b"[" * 9000}, 400, "The body is not JSON", id="nested beyond measure"),
        pytest.param({"content_type": "text/plain"}, 415, "The content type is not application/json", id="type"),
        pytest.param({"content_type": None}, 415, "The content type is not application/json", id="no type"),
        pytest.param({"data": b" " * 20001}, 413, "Request Entity Too Large", id="too large"),
        pytest.param({"path": "/webhooks/jira/nobody"}, 404, "There is no such connection", id="unknown connection"),
        pytest.param({"path": "/elsewhere"}, 404, "Not Found", id="unknown page"),
    ],
)
def test_what_must_not_come_back_is_refused_with_a_problem(
    client: FlaskClient,
    connection: Connection,
    db: Database,
    signed: Signed,
    change: dict[str, object],
    status: int,
    title: str,
) -> None:
    """Each row breaks exactly one part of a valid request."""
    body = change.get("data", BODY)
    request = {"path": f"/webhooks/jira/{connection.id}", "data": body, "headers": signed(body)}
    answer = client.post(**(request | {"content_type": "application/json"} | change))
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"] == title
    assert answer.json["status"] == status
    assert deliveries.undecided(db, 10) == []


def test_only_post_is_allowed_and_the_answer_says_so(client: FlaskClient, connection: Connection) -> None:
    answer = client.get(f"/webhooks/jira/{connection.id}")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_json_body_of_any_shape_is_kept_for_a_decision(
    client: FlaskClient, connection: Connection, db: Database, signed: Signed
) -> None:
    for body in (b"[]", b"null", b'"text"', b"{}"):
        url = f"/webhooks/jira/{connection.id}"
        assert client.post(url, data=body, headers=signed(body), content_type="application/json").status_code == 202
    assert len(deliveries.undecided(db, 10)) == 4


def test_jira_is_asked_to_send_again_when_the_store_is_away(
    client: FlaskClient, connection: Connection, db: Database, signed: Signed, tmp_path: Path
) -> None:
    with db.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE deliveries")
    url = f"/webhooks/jira/{connection.id}"
    answer = client.post(url, data=BODY, headers=signed(BODY), content_type="application/json")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert db.url not in answer.text


def test_an_unknown_connection_costs_the_work_of_a_bad_signature(
    client: FlaskClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ask the database once, unseal once and compute one digest; counted, because times on a shared box lie."""
    from app.receiving import receive

    calls: list[str] = []
    real = receive.verify
    monkeypatch.setattr(receive, "verify", lambda *given: (calls.append(given[2][0][0]), real(*given)))
    monkeypatch.setattr(
        receive.webhooks,
        "sealed_secrets",
        lambda *given, real=webhooks.sealed_secrets: (calls.append("asked"), real(*given))[1],
    )
    traces = []
    for name in (connection.id, "nobody"):
        calls.clear()
        headers = {"X-Hub-Signature": "sha256=" + "0" * 64}
        client.post(f"/webhooks/jira/{name}", data=BODY, headers=headers, content_type="application/json")
        traces.append(list(calls))
    assert traces[0] == traces[1] == ["asked", "admin"]


def test_healthz_says_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
