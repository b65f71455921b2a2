from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.events.event import User
from app.storage import connections, states, tables, webhooks
from app.storage.database import Database, StorageError
from app.storage.resealing import reseal
from app.storage.vault import Vault


@pytest.fixture
def keys() -> tuple[str, str]:
    return Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_every_secret_is_sealed_anew_once_and_opens_with_the_new_key_alone(
    db: Database, tmp_path: Path, keys: tuple[str, str]
) -> None:
    old, new = Vault(keys[0], tmp_path), Vault(f"{keys[1]},{keys[0]}", tmp_path)
    site = connections.add(
        db,
        old,
        name="ops",
        deployment="cloud",
        base_url="https://ops.example.com",
        site="ops.example.com",
        auth="api_token",
        credentials={"token": "t"},
        account=User("5b10", "Factory Droid"),
    )
    number = webhooks.add(db, old, connection_id=site.id, kind="admin", jira_id="1", secret="first")
    webhooks.rotate(db, old, number, "second", overlap=60_000)
    token = states.issue(db, "choice", {"browser": "b", "sealed": old.seal("grant")}, 60)
    states.issue(db, "state", {"browser": "b"}, 60)
    assert reseal(db, new) == 4
    assert reseal(db, new) == 0
    alone = Vault(keys[1], tmp_path)
    told = webhooks.sealed_secrets(db, site.id)
    assert told is not None
    assert [alone.unseal(sealed) for _, sealed in told] == ["second", "first"]
    found = connections.named(db)
    assert found.unseal(alone) == {"token": "t"}
    taken = states.take(db, "choice", token)
    assert taken is not None
    assert (taken["browser"], alone.unseal(taken["sealed"])) == ("b", "grant")


def test_a_secret_that_no_key_opens_stops_it_and_says_so(db: Database, tmp_path: Path, keys: tuple[str, str]) -> None:
    with db.writing() as tx:
        values = {
            "hash": "h",
            "kind": "choice",
            "data": {"sealed": Vault(keys[0], tmp_path).seal("s")},
            "expires_at": 1,
        }
        tx.execute(tables.states.insert().values(values))
    with pytest.raises(StorageError, match="cannot be unsealed"):
        reseal(db, Vault(keys[1], tmp_path))
