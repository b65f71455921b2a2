"""Connections made and made anew, with each kind of credentials, and the wrong turns on the way."""

from dataclasses import replace
from typing import Any

import pytest

from app.connecting.access import Access, by_api_token, by_client_credentials, by_personal_access_token
from app.connecting.connect import Wish, establish, next_step
from app.connecting.errors import ConnectError, WrongAccount
from app.jira.errors import Unauthenticated, Unreachable
from app.settings import load
from app.simulator import start
from app.storage import audit, connections, projects, webhooks
from app.storage.database import Database
from app.storage.vault import Vault
from tests.connecting.conftest import Atlassian


@pytest.fixture
def db(plain: Database) -> Database:
    """One kind of database will do: what differs is tested in storage."""
    return plain


def test_a_token_without_scopes_is_recognised_by_the_sites_own_address(atlassian: Atlassian) -> None:
    droid = atlassian.droid
    access = by_api_token(atlassian.settings, atlassian.running.url, droid.email, droid.token)
    assert (access.auth, access.base_url) == ("api_token", atlassian.running.url)


def test_a_token_with_scopes_is_recognised_and_leads_to_the_gateway(atlassian: Atlassian) -> None:
    droid = atlassian.site.add_service_account("Factory Droid")
    token = atlassian.platform.scoped_token(droid)
    access = by_api_token(atlassian.settings, atlassian.running.url, droid.email, token)
    gateway = f"{atlassian.running.url}/ex/jira/{atlassian.site.cloud_id}"
    assert (access.auth, access.base_url) == ("scoped_token", gateway)
    assert by_api_token(atlassian.settings, gateway, droid.email, token) == access


def test_a_token_that_neither_place_accepts_names_both(atlassian: Atlassian) -> None:
    with pytest.raises(ConnectError) as caught:
        by_api_token(atlassian.settings, atlassian.running.url, "droid@example.com", "wrong-token")
    assert f"neither at {atlassian.running.url}, as one without scopes would be" in caught.value.message
    assert "nor at" in caught.value.message
    assert "neither revoked nor expired" in caught.value.cure
    assert "wrong-token" not in str(caught.value)


def test_an_api_token_for_a_data_center_is_told_apart(datacenter: Atlassian) -> None:
    with pytest.raises(ConnectError, match="is a Jira Data Center") as caught:
        by_api_token(datacenter.settings, datacenter.running.url, "droid@example.com", "token")
    assert "Leave out --email" in caught.value.cure


def test_a_refusal_is_the_sites_own_where_it_tells_no_cloud_id(monkeypatch: Any) -> None:
    """Whether it is a Data Center is asked in words Cloud's document lacks, so the simulator takes nothing down."""
    monkeypatch.delenv("JIRA_REACTOR_SIMULATOR_JOURNAL", raising=False)
    with start("cloud") as jira:
        jira.trouble.answer(404, path="tenant_info")
        with pytest.raises(Unauthenticated, match="answered 401"):
            by_api_token(load({}), jira.url, "droid@example.com", "wrong")


def test_a_personal_access_token_for_cloud_is_told_apart(atlassian: Atlassian) -> None:
    with pytest.raises(ConnectError, match="is a site of Jira Cloud") as caught:
        by_personal_access_token(atlassian.running.url, "token")
    assert "--email" in caught.value.cure


def test_a_site_that_is_away_is_not_taken_for_a_data_center() -> None:
    with pytest.raises(Unreachable, match="accepts no connection"):
        by_personal_access_token("http://127.0.0.1:9", "token")


def client_of(atlassian: Atlassian) -> Any:
    service = atlassian.site.add_service_account("Factory Droid")
    return atlassian.platform.register("Service", service=service)


@pytest.mark.parametrize("named", ["site", "gateway", "cloud-id"])
def test_client_credentials_find_their_site(atlassian: Atlassian, named: str) -> None:
    client, cloud_id = client_of(atlassian), atlassian.site.cloud_id
    gateway = f"{atlassian.running.url}/ex/jira/{cloud_id}"
    url = {"site": atlassian.running.url, "gateway": gateway, "cloud-id": ""}[named]
    cloud_id = cloud_id if named == "cloud-id" else ""
    access = by_client_credentials(atlassian.settings, url, cloud_id, client.client_id, client.client_secret)
    assert (access.auth, access.base_url) == ("client_credentials", gateway)
    assert access.open().myself().name == "Factory Droid"
    assert "read:jira-work" in access.scopes


def test_wrong_client_credentials_are_said_to_be(atlassian: Atlassian) -> None:
    client = client_of(atlassian)
    with pytest.raises(Unauthenticated, match="does not accept the OAuth client"):
        by_client_credentials(atlassian.settings, atlassian.running.url, "", client.client_id, "wrong")


def test_client_credentials_for_what_is_no_site_of_cloud_ask_for_its_id(datacenter: Atlassian) -> None:
    with pytest.raises(ConnectError, match="does not tell its cloudId"):
        by_client_credentials(datacenter.settings, datacenter.running.url, "", "id", "secret")


def test_a_connection_keeps_what_is_known_of_its_credentials(atlassian: Atlassian, db: Database, vault: Vault) -> None:
    access = replace(atlassian.token(atlassian.droid), ends_at=1_900_000_000_000)
    made = establish(db, vault, access, Wish(declared="droid@example.com"))
    assert made == connections.named(db)
    assert (made.name, made.site) == ("127.0.0.1", atlassian.running.url.partition("://")[2])
    assert (made.declared, made.token_expires_at) == ("droid@example.com", 1_900_000_000_000)
    assert made.token_created_at
    assert establish(db, vault, atlassian.consented(atlassian.droid), Wish(name="b")).scopes == tuple(
        sorted(atlassian.app.scopes)
    )


def test_a_wrong_account_is_not_stored(atlassian: Atlassian, db: Database, vault: Vault) -> None:
    with pytest.raises(WrongAccount):
        establish(db, vault, atlassian.token(atlassian.admin), Wish())
    assert connections.every(db) == []


def test_an_account_that_was_insisted_on_stands_in_the_audit_log(
    atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    establish(db, vault, atlassian.token(atlassian.admin), Wish(accept=True))
    [(_, who, what)] = audit.latest(db, 10)
    assert who == "cli"
    assert "as Grace Admin" in what
    assert "--accept-account, although: Grace Admin (grace@example.com) administers Jira" in what
    assert atlassian.admin.token not in what


def test_sites_stand_side_by_side_under_names_of_their_own(
    atlassian: Atlassian, datacenter: Atlassian, db: Database, vault: Vault
) -> None:
    with start("cloud", beside=atlassian.running, name="second") as second:
        second.site.admit(atlassian.droid)
        establish(db, vault, atlassian.token(atlassian.droid), Wish(name="cloud"))
        there = replace(atlassian.token(atlassian.droid), base_url=second.url)
        establish(db, vault, there, Wish(name="second"))
        establish(db, vault, datacenter.token(datacenter.droid), Wish(name="datacenter"))
        for taken in ("cloud", "datacenter"):
            with pytest.raises(ConnectError, match="a connection called") as caught:
                establish(db, vault, there, Wish(name=taken))
            assert f"reconnect {taken}" in caught.value.cure
    assert [known.name for known in connections.every(db)] == ["cloud", "second", "datacenter"]
    assert {known.deployment for known in connections.every(db)} == {"cloud", "datacenter"}
    assert next_step(db, connections.named(db, "second")).endswith("authorize KEY --connection second")


def test_a_connection_made_anew_keeps_its_projects_and_webhooks(
    atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    made = establish(db, vault, atlassian.token(atlassian.droid), Wish(name="ops", declared="droid@example.com"))
    assert next_step(db, made) == "jira-reactor projects authorize KEY"
    projects.authorize(db, made.id, "OPS")
    webhooks.add(db, vault, connection_id=made.id, kind="admin", jira_id="1", secret="s")
    connections.set_trouble(db, made.id, "Reconnect needed: the token expired")
    remade = establish(db, vault, atlassian.consented(atlassian.droid), Wish(reconnect=made.id))
    assert (remade.id, remade.name, remade.auth, remade.trouble) == (made.id, "ops", "oauth", "")
    assert remade.declared == "droid@example.com"
    assert projects.authorized(db, made.id) == {"OPS"}
    assert len(webhooks.of_connection(db, made.id)) == 1
    assert next_step(db, remade) == "jira-reactor verify OPS"
    assert "reconnected ops as Factory Droid" in audit.latest(db, 1)[0][2]


def test_a_connection_cannot_be_made_anew_with_another_account_or_another_site(
    atlassian: Atlassian, datacenter: Atlassian, db: Database, vault: Vault
) -> None:
    made = establish(db, vault, atlassian.token(atlassian.droid), Wish(name="ops"))

    def remake(access: Access, **more: Any) -> Any:
        return establish(db, vault, access, Wish(reconnect=made.id, **more))

    with pytest.raises(WrongAccount, match="has worked as Factory Droid"):
        remake(atlassian.token(atlassian.ada))
    with pytest.raises(ConnectError, match=f"but ops is a connection to {made.site}"):
        remake(datacenter.token(datacenter.droid))
    assert connections.named(db) == made
    assert remake(atlassian.token(atlassian.ada), declared="Ada").account.name == "Ada"
