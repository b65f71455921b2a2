from dataclasses import replace
from functools import partial

from app.events.event import User
from app.storage import connections, deliveries, findings, pauses, projects, runs, states, webhooks
from app.storage.database import Database, now
from app.storage.runs import NewRun
from app.storage.vault import Vault


def connect(db: Database, vault: Vault) -> connections.Connection:
    return connections.add(
        db,
        vault,
        name="ops",
        deployment="cloud",
        base_url="https://ops.example.com",
        site="ops.example.com",
        auth="oauth",
        credentials={"access_token": "a", "refresh_token": "r"},
        account=User("5b10", "Factory Droid"),
        scopes=("read:jira-work",),
    )


def test_new_credentials_end_a_trouble(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    connections.set_trouble(db, connection.id, "the refresh token is dead")
    troubled = connections.get(db, connection.id)
    assert troubled is not None
    assert troubled.trouble == "the refresh token is dead"
    connections.replace_credentials(db, vault, connection.id, {"access_token": "b"})
    mended = connections.get(db, connection.id)
    assert mended is not None
    assert (mended.trouble, mended.token_created_at) == ("", connection.token_created_at)
    assert mended.unseal(vault) == {"access_token": "b"}


def test_a_connection_can_get_another_way_in_and_stays_the_same(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    connections.set_trouble(db, connection.id, "the refresh token is dead")
    changed = connections.replace_access(
        db,
        vault,
        connection.id,
        base_url="https://gateway.example.com/ex/jira/1",
        auth="scoped_token",
        credentials={"email": "e", "token": "t"},
        account=User("6c", "Another"),
        declared="Another",
        token_expires_at=7,
        scopes=(),
    )
    assert changed == connections.get(db, connection.id)
    assert (changed.id, changed.name, changed.site) == (connection.id, connection.name, connection.site)
    assert (changed.account, changed.declared) == (User("6c", "Another"), "Another")
    assert (changed.auth, changed.token_expires_at, changed.scopes, changed.trouble) == ("scoped_token", 7, (), "")
    assert changed.unseal(vault) == {"email": "e", "token": "t"}


def test_a_removed_connection_takes_its_projects_and_secrets_with_it(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    projects.authorize(db, connection.id, "OPS")
    webhooks.add(db, vault, connection_id=connection.id, kind="admin", jira_id="1", secret="s")
    connections.remove(db, connection.id)
    assert connections.get(db, connection.id) is None
    assert projects.authorized(db, connection.id) == frozenset()
    assert webhooks.sealed_secrets(db, connection.id) is None


def test_a_projects_sweep_can_be_switched_and_remembers_how_far_it_came(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    assert projects.policy(db, connection.id, "OPS") is None
    projects.authorize(db, connection.id, "OPS")
    fresh = projects.policy(db, connection.id, "OPS")
    assert fresh is not None
    assert (fresh.sweep, fresh.swept_at) == (True, None)
    assert now() - 60_000 < fresh.authorized_at <= now()
    projects.set_sweep(db, connection.id, "OPS", False)
    projects.set_swept(db, connection.id, "OPS", 5)
    assert projects.policy(db, connection.id, "OPS") == replace(fresh, sweep=False, swept_at=5)


def test_the_secret_before_a_rotation_counts_until_the_overlap_ends(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    number = webhooks.add(db, vault, connection_id=connection.id, kind="admin", jira_id="1", secret="old")
    webhooks.rotate(db, vault, number, "new", overlap=60_000)
    told = webhooks.sealed_secrets(db, connection.id)
    assert told is not None
    assert [vault.unseal(sealed) for _, sealed in told] == ["new", "old"]
    webhooks.rotate(db, vault, number, "newest", overlap=-1)
    told = webhooks.sealed_secrets(db, connection.id)
    assert told is not None
    assert [vault.unseal(sealed) for _, sealed in told] == ["newest"]
    assert webhooks.secret(db, vault, number) == "newest"


def test_a_registration_keeps_what_jira_was_told(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    number = webhooks.add(
        db,
        vault,
        connection_id=connection.id,
        kind="dynamic",
        jira_id="7",
        secret="s",
        url="https://r/hook",
        events=("comment_created",),
        jql="project IN (OPS)",
        expires_at=9,
    )
    webhooks.update(db, number, jql="project IN (OPS, DEV)", expires_at=10)
    [webhook] = webhooks.of_connection(db, connection.id)
    assert (webhook.events, webhook.jql, webhook.expires_at) == (("comment_created",), "project IN (OPS, DEV)", 10)


def test_a_promise_is_taken_once_in_time_and_for_its_kind(db: Database) -> None:
    token = states.issue(db, "oauth", {"a": 1}, seconds=60)
    assert states.take(db, "other", token) is None
    assert states.take(db, "oauth", token) == {"a": 1}
    assert states.take(db, "oauth", token) is None
    assert states.take(db, "oauth", states.issue(db, "oauth", {}, seconds=-1)) is None
    assert states.take(db, "oauth", "unknown") is None


def test_the_longest_pause_counts_until_it_is_over(db: Database) -> None:
    later = now() + 60_000
    pauses.pause(db, "c", "all", later)
    pauses.pause(db, "c", "all", later - 30_000)
    pauses.pause(db, "c", "issue:OPS-1", now() - 1)
    assert pauses.until(db, "c") == {"all": later}
    assert pauses.until(db, "other") == {}


def test_a_finding_is_news_only_where_it_differs(db: Database) -> None:
    assert findings.last(db, "c", "permissions:OPS") is None
    assert findings.keep(db, "c", "permissions:OPS", {"lacks": ["a"]})
    assert not findings.keep(db, "c", "permissions:OPS", {"lacks": ["a"]})
    assert findings.keep(db, "c", "permissions:OPS", {"lacks": []})
    assert findings.last(db, "c", "permissions:OPS") == {"lacks": []}


def test_runs_of_a_revoked_project_stop(db: Database) -> None:
    seq = deliveries.keep(db, connection_id="c", key="k", headers="{}", body=b"{}", event="e")
    assert seq is not None
    mine, other = (
        NewRun(runs.run_id(seq, n, "m.f"), seq, "c", "1", "K-1", p, "m.f", None, 0) for n, p in enumerate("AB")
    )
    deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[mine, other])])
    assert runs.stop_project(db, "c", "A", "revoked") == [mine.id]
    assert runs.stop_project(db, "c", "A", "revoked") == []
    stopped = runs.get(db, mine.id)
    assert stopped is not None
    assert (stopped.state, stopped.reason) == ("stopped", "revoked")


def test_the_backlog_and_the_last_delivery_are_told(db: Database) -> None:
    assert deliveries.count_undecided(db) == 0
    assert deliveries.last_received(db, "c") is None
    deliveries.keep(db, connection_id="c", key="k", headers="{}", body=b"{}", event="e")
    assert deliveries.count_undecided(db) == 1
    assert (deliveries.last_received(db, "c") or 0) > now() - 60_000


def test_a_connection_through_the_gateway_knows_the_sites_own_address(db: Database, vault: Vault) -> None:
    direct = connect(db, vault)
    assert direct.site_url == "https://ops.example.com"
    assert replace(direct, base_url="https://api.atlassian.com/ex/jira/7").site_url == "https://ops.example.com"
    assert replace(direct, base_url="https://ops.example.com/jira").site_url == "https://ops.example.com/jira"


def test_opt_in_routes_are_turned_on_project_by_project(db: Database, vault: Vault) -> None:
    connection = connect(db, vault)
    for key in ("OPS", "WEB"):
        projects.authorize(db, connection.id, key)
    assert projects.turn(db, connection.id, "OPS", "triage.triage", on=True)
    assert not projects.turn(db, connection.id, "OPS", "triage.triage", on=True)
    assert projects.turn(db, connection.id, "OPS", "news.look", on=True)
    on = {key: projects.turned_on(db, connection.id, key) for key in ("OPS", "WEB", "NONE", "")}
    assert on == {"OPS": {"triage.triage", "news.look"}, "WEB": set(), "NONE": set(), "": set()}
    assert projects.turn(db, connection.id, "OPS", "news.look", on=False)
    assert not projects.turn(db, connection.id, "OPS", "news.look", on=False)
    assert projects.turned_on(db, connection.id, "OPS") == {"triage.triage"}
