"""A webhook is registered with a secret of its own, for the authorized projects alone, and replaces the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.connecting.connect import make_connection
from app.jira import Jira, connect
from app.jira.auth import restore
from app.jira.errors import Forbidden
from app.simulator import Running, start
from app.storage import audit, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault
from app.webhooks.register import EVENTS, WebhookError, jql_of, plan, register, store

PUBLIC = "https://reactor.example.com"


@dataclass
class Place:
    """A Jira we are connected to."""

    running: Running
    connection: Connection
    droid: Any
    admin: Any

    def client(self, person: Any) -> Jira:
        return client(self.running, person)


def credentials(running: Running, person: Any) -> tuple[str, dict[str, str]]:
    if running.site.face.name == "cloud":
        return "api_token", {"email": person.email, "token": person.token}
    return "personal_access_token", {"token": person.token}


def client(running: Running, person: Any) -> Jira:
    return connect(running.site.face.name, running.url, restore(*credentials(running, person)))


@pytest.fixture(
    params=[("cloud", ""), ("datacenter", "9.12.0"), ("datacenter", "10.3.0")], ids=["cloud", "dc9", "dc10"]
)
def here(request: pytest.FixtureRequest, db: Database, vault: Vault) -> Iterator[Place]:
    face, version = request.param
    with start(face, version=version) as running:
        droid = running.site.add_user("Factory Droid", email="droid@example.com")
        admin = running.site.add_user("Admin", email="admin@example.com", admin=True)
        auth, known = credentials(running, droid)
        connection = make_connection(
            db,
            vault,
            client(running, droid),
            name="ours",
            deployment=face,
            base_url=running.url,
            auth=auth,
            credentials=known,
        )
        projects.authorize(db, connection.id, "OPS")
        yield Place(running, connection, droid, admin)


def test_a_plan_names_the_authorized_projects_and_our_own_address(db: Database, here: Place) -> None:
    projects.authorize(db, here.connection.id, "AND")
    planned = plan(db, here.connection, PUBLIC)
    assert planned.url == f"{PUBLIC}/webhooks/jira/{here.connection.id}"
    assert planned.jql == 'project IN ("AND", "OPS")'
    assert planned.events == EVENTS
    assert len(planned.secret) >= 32
    assert planned.secret not in repr(planned)
    assert plan(db, here.connection, PUBLIC).secret != planned.secret


def test_without_projects_there_is_nothing_to_register(db: Database, here: Place) -> None:
    projects.revoke(db, here.connection.id, "OPS")
    with pytest.raises(WebhookError, match="No project is authorized") as caught:
        plan(db, here.connection, PUBLIC)
    assert "jira-reactor projects authorize" in caught.value.cure


def test_without_a_public_url_jira_cannot_be_told_where_to_push(db: Database, here: Place) -> None:
    with pytest.raises(WebhookError, match="JIRA_REACTOR_PUBLIC_URL is not set"):
        plan(db, here.connection, "")


def test_keys_that_are_words_of_jql_are_quoted() -> None:
    assert jql_of({"OR", "IN"}) == 'project IN ("IN", "OR")'


def test_a_registration_stands_in_jira_and_its_secret_only_here(db: Database, vault: Vault, here: Place) -> None:
    planned = plan(db, here.connection, PUBLIC)
    jira_id = register(db, vault, here.connection, planned, here.client(here.admin))
    [theirs] = here.running.webhooks.of_admins()
    # Data Center 9 has no secrets.
    secret = "" if here.running.site.face.version.startswith("9") else planned.secret
    assert (str(theirs.id), theirs.url, theirs.secret) == (jira_id, planned.url, secret)
    assert set(theirs.events) == set(EVENTS)
    [ours] = webhooks.of_connection(db, here.connection.id)
    assert ours.jira_id == jira_id
    sealed = webhooks.sealed_secrets(db, here.connection.id)
    assert sealed
    assert [vault.unseal(secret) for _, secret in sealed] == [planned.secret]
    assert planned.secret not in str(sealed) + str(audit.latest(db, 5))


def test_registering_again_replaces_what_was_registered(db: Database, vault: Vault, here: Place) -> None:
    admin = here.client(here.admin)
    first = register(db, vault, here.connection, plan(db, here.connection, PUBLIC), admin)
    second = register(db, vault, here.connection, plan(db, here.connection, PUBLIC), admin)
    assert first != second
    assert [str(webhook.id) for webhook in here.running.webhooks.of_admins()] == [second]
    assert [webhook.jira_id for webhook in webhooks.of_connection(db, here.connection.id)] == [second]


def test_one_that_an_admin_removed_in_jira_is_in_nobodys_way(db: Database, vault: Vault, here: Place) -> None:
    admin = here.client(here.admin)
    first = register(db, vault, here.connection, plan(db, here.connection, PUBLIC), admin)
    here.running.webhooks.remove(int(first))
    second = register(db, vault, here.connection, plan(db, here.connection, PUBLIC), admin)
    assert [webhook.jira_id for webhook in webhooks.of_connection(db, here.connection.id)] == [second]


def test_one_pasted_by_hand_is_replaced_too(db: Database, vault: Vault, here: Place) -> None:
    store(db, vault, here.connection, plan(db, here.connection, PUBLIC))
    jira_id = register(db, vault, here.connection, plan(db, here.connection, PUBLIC), here.client(here.admin))
    assert [webhook.jira_id for webhook in webhooks.of_connection(db, here.connection.id)] == [jira_id]


def test_the_service_account_may_not_register_and_nothing_is_stored(db: Database, vault: Vault, here: Place) -> None:
    with pytest.raises(Forbidden) as caught:
        register(db, vault, here.connection, plan(db, here.connection, PUBLIC), here.client(here.droid))
    assert "Administer Jira" in caught.value.cure
    assert webhooks.of_connection(db, here.connection.id) == []
