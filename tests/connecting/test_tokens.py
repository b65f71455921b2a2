"""Access tokens: given while they last, renewed by one for all, and given up with a word to the admin."""

from dataclasses import replace
from typing import Any

import pytest

from app import open_jira
from app.connecting.access import by_client_credentials
from app.connecting.connect import Wish, establish
from app.connecting.tokens import TokenSource
from app.jira.errors import Unauthenticated, Unreachable
from app.storage import connections
from app.storage.connections import Connection
from app.storage.database import Database, StorageError
from app.storage.vault import Vault
from tests.connecting.conftest import Atlassian, refreshes, stored

#: One kind of database will do: what differs is how locks are held, which test_refreshing_once tries on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_token_that_lasts_is_given_again_and_atlassian_is_not_asked(
    atlassian: Atlassian, oauth: Connection, db: Database, vault: Vault
) -> None:
    source = TokenSource(db, vault, oauth.id, atlassian.settings)
    assert source(False) == source(False) == oauth.unseal(vault)["access_token"]
    assert refreshes(atlassian) == 0


def test_a_token_that_jira_refuses_is_renewed_and_the_call_repeated(
    atlassian: Atlassian, oauth: Connection, db: Database, vault: Vault
) -> None:
    jira = open_jira(oauth, vault, db, atlassian.settings)
    assert jira.myself().id == atlassian.droid.id
    atlassian.platform.issuer.expire_access()
    assert jira.myself().id == atlassian.droid.id
    assert refreshes(atlassian) == 1


def test_who_comes_late_with_a_refused_token_takes_what_another_has_fetched(
    atlassian: Atlassian, oauth: Connection, db: Database, vault: Vault
) -> None:
    one, other = (TokenSource(db, vault, oauth.id, atlassian.settings) for _ in range(2))
    assert one(False) == other(False)
    assert one(True) == other(True)
    assert refreshes(atlassian) == 1


def test_new_tokens_are_stored_before_anybody_uses_them(
    expired: Connection, atlassian: Atlassian, db: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(connections, "replace_credentials", fail)
    with pytest.raises(StorageError, match="disk is full"):
        TokenSource(db, vault, expired.id, atlassian.settings)(False)


def test_a_dead_refresh_token_asks_for_an_admin(
    expired: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    atlassian.platform.revoke(atlassian.app, atlassian.droid)
    jira = open_jira(expired, vault, db, atlassian.settings)
    with pytest.raises(Unauthenticated) as caught:
        jira.myself()
    assert caught.value.message.startswith("ops: Reconnect needed: Atlassian refuses to give tokens")
    assert "refresh_token is invalid" in caught.value.message
    assert caught.value.cure == "Run `jira-reactor reconnect ops`."
    assert not caught.value.transient
    assert stored(db, expired).trouble.startswith("Reconnect needed: ")
    assert expired.unseal(vault)["refresh_token"] not in str(caught.value)


def test_reconnecting_ends_the_trouble(expired: Connection, atlassian: Atlassian, db: Database, vault: Vault) -> None:
    atlassian.platform.revoke(atlassian.app, atlassian.droid)
    with pytest.raises(Unauthenticated):
        TokenSource(db, vault, expired.id, atlassian.settings)(False)
    establish(db, vault, atlassian.consented(atlassian.droid), Wish(reconnect=expired.id))
    mended = stored(db, expired)
    assert mended.trouble == ""
    assert open_jira(mended, vault, db, atlassian.settings).myself().name == "Factory Droid"


def test_a_wrong_client_secret_is_the_settings_trouble_and_heals_with_them(
    expired: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    wrong = replace(atlassian.settings, oauth_client_secret="not this")
    with pytest.raises(Unauthenticated) as caught:
        TokenSource(db, vault, expired.id, wrong)(False)
    assert "does not accept the OAuth client" in caught.value.message
    assert "JIRA_REACTOR_OAUTH_CLIENT_ID" in caught.value.cure
    assert "Reconnect needed" not in stored(db, expired).trouble
    with pytest.raises(Unauthenticated, match="JIRA_REACTOR_OAUTH_CLIENT_SECRET is not set"):
        TokenSource(db, vault, expired.id, replace(atlassian.settings, oauth_client_secret=""))(False)
    TokenSource(db, vault, expired.id, atlassian.settings)(False)
    assert stored(db, expired).trouble == ""


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_authorization_server_in_trouble_is_nothing_an_admin_can_mend(
    status: int, expired: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    atlassian.running.trouble.answer(status, path="/oauth/token", retry_after=7)
    with pytest.raises(Unreachable) as caught:
        TokenSource(db, vault, expired.id, atlassian.settings)(False)
    error = caught.value
    assert (error.transient, error.sent, error.status, error.retry_after) == (True, False, status, 7)
    assert stored(db, expired).trouble == ""
    assert TokenSource(db, vault, expired.id, atlassian.settings)(False)


def test_an_authorization_server_that_is_away_is_waited_for(
    expired: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    with atlassian.running.refusing(), pytest.raises(Unreachable, match="accepts no connection") as caught:
        TokenSource(db, vault, expired.id, atlassian.settings)(False)
    assert not caught.value.sent
    assert stored(db, expired).trouble == ""


def test_client_credentials_get_another_token_when_theirs_ends(
    atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    service = atlassian.site.add_service_account("Factory Droid")
    client = atlassian.platform.register("Service", service=service)
    access = by_client_credentials(
        atlassian.settings, atlassian.running.url, "", client.client_id, client.client_secret
    )
    connection = establish(db, vault, access, Wish(name="ops"))
    assert connection.auth == "client_credentials"
    atlassian.platform.issuer.expire_access()
    assert open_jira(connection, vault, db, atlassian.settings).myself().id == service.id
    kept = stored(db, connection).unseal(vault)
    assert kept["access_token"] != access.credentials["access_token"]
    assert kept["client_secret"] == client.client_secret


def test_a_consent_without_refresh_token_ends_with_its_access_token(
    atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    access = atlassian.consented(atlassian.droid, lasts=0)
    kept = {name: value for name, value in access.credentials.items() if name != "refresh_token"}
    connection = establish(db, vault, replace(access, credentials=kept), Wish(name="ops"))
    with pytest.raises(Unauthenticated, match="Reconnect needed: The consent came without a refresh token"):
        TokenSource(db, vault, connection.id, atlassian.settings)(False)


def test_a_connection_that_was_removed_says_so(
    oauth: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    source = TokenSource(db, vault, oauth.id, atlassian.settings)
    connections.remove(db, oauth.id)
    with pytest.raises(StorageError, match="was removed"):
        source(False)
