import json

import pytest

from app.events.event import User
from app.receiving.replay import NothingToReplay, replay, replay_body
from app.storage import connections, deliveries
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault


@pytest.fixture
def connection(db: Database, vault: Vault) -> Connection:
    return connections.add(
        db,
        vault,
        name="test",
        deployment="cloud",
        base_url="http://127.0.0.1:1",
        site="127.0.0.1:1",
        auth="api_token",
        credentials={"email": "e", "token": "t"},
        account=User("droid", "Factory Droid"),
    )


def test_a_replay_is_a_copy_that_waits_for_a_decision_of_its_own(db: Database, connection: Connection) -> None:
    body = b'{"webhookEvent":  "comment_created"}'
    seq = deliveries.keep(
        db, connection_id=connection.id, key="id:1", headers='{"a": "b"}', body=body, event="comment_created"
    )
    assert seq
    deliveries.decide(db, seq, "unmatched", "", [])
    again = [replay(db, seq), replay(db, seq)]
    copies = [deliveries.get(db, one) for one in again]
    assert len(set(again)) == 2
    assert [(c.body, c.headers, c.event, c.replay_of, c.decision) for c in copies if c] == [
        (body, '{"a": "b"}', "comment_created", seq, None)
    ] * 2


def test_what_was_never_kept_cannot_be_replayed(db: Database) -> None:
    with pytest.raises(NothingToReplay, match="There is no delivery 7") as caught:
        replay(db, 7)
    assert "jira-reactor deliveries" in caught.value.cure


@pytest.mark.parametrize(
    ("body", "event"),
    [
        pytest.param(b'{"webhookEvent": "comment_created"}', "comment_created", id="as Jira sends it"),
        pytest.param(b"{}", "", id="no event"),
        pytest.param(b'{"webhookEvent": null}', "", id="null"),
        pytest.param(b'{"webhookEvent": 7}', "", id="a number"),
        pytest.param(b"[1]", "", id="a list"),
        pytest.param(json.dumps({"webhookEvent": "x" * 300}).encode(), "x" * 200, id="without end"),
        pytest.param(rb'{"webhookEvent": "a\u0000b\ud800"}', "a\ufffdb\ufffd", id="what no database stores"),
    ],
)
def test_a_body_from_elsewhere_is_kept_as_it_is(db: Database, connection: Connection, body: bytes, event: str) -> None:
    kept = deliveries.get(db, replay_body(db, connection, body))
    assert kept
    assert (kept.body, kept.event, kept.replay_of, kept.connection_id) == (body, event, 0, connection.id)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000], ids=["nothing", "half", "binary", "deep"])
def test_what_is_no_json_is_no_delivery(db: Database, connection: Connection, body: bytes) -> None:
    with pytest.raises(NothingToReplay, match="not JSON"):
        replay_body(db, connection, body)
    assert deliveries.latest(db, 5) == []
