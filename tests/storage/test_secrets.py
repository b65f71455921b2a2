import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.events.event import User
from app.storage import connections, projects, webhooks
from app.storage.database import Database, StorageError
from app.storage.vault import Vault


def add(db: Database, vault: Vault, name: str = "ops") -> connections.Connection:
    return connections.add(
        db,
        vault,
        name=name,
        deployment="cloud",
        base_url="https://ops.example.com",
        site="ops.example.com",
        auth="api_token",
        credentials={"email": "a@example.com", "token": "the-token"},
        account=User("5b10", "Factory Droid"),
    )


def test_what_is_sealed_opens_and_does_not_show(vault: Vault) -> None:
    sealed = vault.seal("the-token")
    assert "the-token" not in sealed
    assert vault.unseal(sealed) == "the-token"


def test_the_key_file_is_its_owners_alone_and_kept(tmp_path: Path) -> None:
    sealed = Vault("", tmp_path).seal("s")
    assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600
    assert Vault("", tmp_path).unseal(sealed) == "s"


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    sealed: list[str] = []
    threads = [threading.Thread(target=lambda: sealed.append(Vault("", tmp_path).seal("s"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {Vault("", tmp_path).unseal(text) for text in sealed} == {"s"}
    assert len(sealed) == 8


def test_a_new_key_before_the_old_one_opens_both(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault(old, tmp_path).seal("s")
    rotated = Vault(f"{new}, {old}", tmp_path)
    assert rotated.unseal(sealed) == "s"
    assert Vault(new, tmp_path).unseal(rotated.seal("t")) == "t"


def test_a_lost_key_is_named_with_the_cure(tmp_path: Path) -> None:
    sealed = Vault(Fernet.generate_key().decode(), tmp_path).seal("s")
    with pytest.raises(StorageError, match="JIRA_REACTOR_KEYS"):
        Vault(Fernet.generate_key().decode(), tmp_path).unseal(sealed)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no Fernet key"):
        Vault("hello", tmp_path).seal("s")


def test_a_connection_keeps_its_credentials_sealed(db: Database, vault: Vault) -> None:
    added = add(db, vault)
    found = connections.get(db, added.id)
    assert found == added
    assert found.unseal(vault) == {"email": "a@example.com", "token": "the-token"}
    assert "the-token" not in repr(found) + found.credentials
    assert connections.get(db, "nobody") is None


def test_a_connection_is_found_by_name_or_as_the_only_one(db: Database, vault: Vault) -> None:
    with pytest.raises(StorageError, match="jira-reactor connect"):
        connections.named(db)
    ops = add(db, vault)
    assert connections.named(db).id == connections.named(db, "ops").id == connections.named(db, ops.id).id
    add(db, vault, "dev")
    with pytest.raises(StorageError, match="--connection: ops, dev"):
        connections.named(db)
    with pytest.raises(StorageError, match="There are: ops, dev"):
        connections.named(db, "osp")


def test_projects_are_authorized_by_exact_key_per_connection(db: Database, vault: Vault) -> None:
    ops, dev = add(db, vault), add(db, vault, "dev")
    assert projects.authorize(db, ops.id, "OPS")
    assert not projects.authorize(db, ops.id, "OPS")
    assert projects.authorized(db, ops.id) == {"OPS"}
    assert projects.authorized(db, dev.id) == frozenset()
    assert projects.revoke(db, ops.id, "OPS")
    assert not projects.revoke(db, ops.id, "OPS")


def test_secrets_of_webhooks_are_told_sealed_and_only_for_their_connection(db: Database, vault: Vault) -> None:
    ops = add(db, vault)
    assert webhooks.sealed_secrets(db, "nobody") is None
    assert webhooks.sealed_secrets(db, ops.id) == []
    webhooks.add(db, vault, connection_id=ops.id, kind="admin", jira_id="7", secret="hush")
    told = webhooks.sealed_secrets(db, ops.id)
    assert told is not None
    [(kind, sealed)] = told
    assert kind == "admin"
    assert "hush" not in sealed
    assert vault.unseal(sealed) == "hush"
    [webhook] = webhooks.of_connection(db, ops.id)
    webhooks.remove(db, webhook.id)
    assert webhooks.of_connection(db, ops.id) == []
