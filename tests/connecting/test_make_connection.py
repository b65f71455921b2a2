"""A connection is made only with credentials that Jira accepts, and remembers whose they are."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.connecting.connect import ConnectError, make_connection
from app.jira import RetryPolicy, connect
from app.jira.auth import restore
from app.jira.errors import JiraError, Unauthenticated
from app.simulator import Running, start
from app.simulator.rendering import Rendering
from app.storage import audit, connections
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault


@pytest.fixture(params=["cloud", "datacenter"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with start(request.param) as running:
        yield running


def made(
    db: Database, vault: Vault, running: Running, person: Any, *, token: str = "", name: str = "ours"
) -> Connection:
    cloud = running.site.face.name == "cloud"
    token = token or person.token
    kind = "api_token" if cloud else "personal_access_token"
    credentials = {"email": person.email, "token": token} if cloud else {"token": token}
    retries = RetryPolicy(sleep=lambda seconds: None)
    jira = connect(running.site.face.name, running.url, restore(kind, credentials), retries=retries)
    return make_connection(
        db,
        vault,
        jira,
        name=name,
        deployment=running.site.face.name,
        base_url=running.url,
        auth=kind,
        credentials=credentials,
    )


def test_a_connection_knows_its_site_and_its_account(db: Database, vault: Vault, running: Running) -> None:
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    connection = made(db, vault, running, droid)
    assert connections.get(db, connection.id) == connection
    assert connection.site == running.url.removeprefix("http://")
    assert (connection.account.id, connection.account.name) == (droid.id, "Factory Droid")
    assert connection.unseal(vault)["token"] == droid.token
    assert droid.token not in connection.credentials
    [(_, who, what)] = audit.latest(db, 5)
    assert who == "cli"
    assert what == f"connected {running.url} as Factory Droid ({droid.id}), named ours"


def test_ids_say_nothing_and_are_never_alike(db: Database, vault: Vault, running: Running) -> None:
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    ids = {made(db, vault, running, droid, name=name).id for name in "abc"}
    assert len(ids) == 3
    assert all(len(one) >= 20 for one in ids)


def test_a_token_that_jira_refuses_makes_no_connection(db: Database, vault: Vault, running: Running) -> None:
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    with pytest.raises(Unauthenticated) as caught:
        made(db, vault, running, droid, token="wrong-token")
    assert connections.every(db) == []
    assert "wrong-token" not in str(caught.value)


def test_a_jira_that_is_down_makes_no_connection(db: Database, vault: Vault, running: Running) -> None:
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    with running.refusing(), pytest.raises(JiraError, match="accepts no connection"):
        made(db, vault, running, droid)
    assert connections.every(db) == []


def test_a_name_is_used_once(db: Database, vault: Vault, running: Running) -> None:
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    made(db, vault, running, droid)
    with pytest.raises(ConnectError, match="There is a connection called 'ours' already") as caught:
        made(db, vault, running, droid)
    assert "--name" in caught.value.cure


def test_an_account_that_jira_calls_deactivated_cannot_work(
    db: Database, vault: Vault, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulator refuses such an account's token at once; some Jiras go on answering for a while."""
    droid = running.site.add_user("Factory Droid", email="droid@example.com")
    real = Rendering.person
    monkeypatch.setattr(Rendering, "person", lambda self, person: real(self, person) | {"active": False})
    with pytest.raises(ConnectError, match="is deactivated in Jira"):
        made(db, vault, running, droid)
    assert connections.every(db) == []
