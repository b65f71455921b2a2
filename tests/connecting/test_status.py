"""Whether connections work, told from what is stored and by asking Jira."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.connecting.status import asked_status, remind, stored_status
from app.connecting.status.lifetime import DAY, lifetime, words
from app.connecting.status.stored import day
from app.events.event import User
from app.storage import audit, connections, deliveries, findings, pauses, projects, webhooks, workers
from app.storage.connections import Connection
from app.storage.database import now
from tests.connecting.worlds import World, connect_as, world


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with world(request.param, tmp_path) as made:
        made.register()
        workers.beat(made.db, "w")
        yield made


@pytest.fixture(name="cloud")
def _cloud(tmp_path: Path) -> Iterator[World]:
    with world("cloud", tmp_path) as made:
        made.register()
        workers.beat(made.db, "w")
        yield made


def asked(world: World) -> Any:
    return asked_status(world.db, stored_status(world.db), world.open_jira)


def troubles(world: World) -> list[tuple[str, str, str]]:
    """What is wrong with the connection, with the cure."""
    [told] = asked(world).connections
    return [(problem.state, problem.said, problem.cure) for problem in told.problems]


def store(world: World, **values: Any) -> None:
    connections._update(world.db, world.connection.id, values)


def test_a_connection_that_works_is_connected_and_tells_all_about_itself(world: World) -> None:
    deliveries.keep(world.db, connection_id=world.connection.id, key="1", headers="{}", body=b"{}", event="e")
    status = asked(world)
    [told] = status.connections
    assert (status.state, told.state, status.backlog, status.worker_alive) == ("Connected", "Connected", 1, True)
    assert told.version == ("1001.0.0" if world.cloud else "10.3.0")
    assert abs(told.skew) < 5
    assert told.projects == ("OPS",)
    assert [hook.kind for hook in told.webhooks] == ["admin" if world.cloud else "datacenter"]
    assert now() - told.last_delivery < DAY
    assert told.token.age_days == 0


def test_a_probe_is_answered_without_asking_jira(world: World) -> None:
    with world.running.refusing():
        assert stored_status(world.db).state == "Connected"


def test_an_installation_without_connections_is_degraded(cloud: World) -> None:
    connections.remove(cloud.db, cloud.connection.id)
    status = stored_status(cloud.db)
    assert status.state == "Degraded"
    assert [p.said for p in status.problems] == ["There is no connection yet."]


def test_without_a_worker_nothing_reacts(cloud: World) -> None:
    workers.bury(cloud.db, ["w"])
    [problem] = stored_status(cloud.db).problems
    assert problem.said == "No worker is alive, so deliveries are kept but nothing reacts to them."
    assert "jira-reactor serve" in problem.cure


def test_a_worker_that_does_not_keep_up_is_told(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deliveries.keep(cloud.db, connection_id=cloud.connection.id, key="1", headers="{}", body=b"{}", event="e")
    monkeypatch.setattr("app.connecting.status.stored.LATE", -1)
    [problem] = stored_status(cloud.db).problems
    assert problem.said == "A delivery has waited 0 s for its decision."


def test_refused_credentials_need_a_reconnect_and_say_so_once(world: World) -> None:
    credentials = world.connection.unseal(world.vault) | {"token": "no-longer-valid"}
    connections.replace_credentials(world.db, world.vault, world.connection.id, credentials)
    [(state, said, cure)] = troubles(world)
    assert state == "Reconnect needed"
    assert said.startswith("Jira answered 401 to GET")
    assert "reconnect" in cure
    connections.set_trouble(world.db, world.connection.id, "The token was refused.")
    assert len(troubles(world)) == 1
    [told] = stored_status(world.db).connections
    assert [(p.said, p.cure) for p in told.problems] == [
        (
            "The token was refused.",
            "Make new credentials for Factory Droid in Jira, then run `jira-reactor reconnect test`.",
        )
    ]


def test_a_jira_that_does_not_answer_degrades(world: World) -> None:
    with world.running.refusing():
        [(state, said, _)] = troubles(world)
    assert state == "Degraded"
    assert "accepts no connection" in said
    assert not asked_status(world.db, stored_status(world.db), world.open_jira).connections[0].problems


def test_one_broken_connection_does_not_hide_the_others(world: World) -> None:
    second = connect_as(world.db, world.vault, world.running, world.ada, name="second")
    connections.set_trouble(world.db, second.id, "Gone.")
    assert [told.state for told in stored_status(world.db).connections] == ["Connected", "Reconnect needed"]
    assert stored_status(world.db).state == "Reconnect needed"


def test_credentials_of_somebody_else_are_noticed(world: World) -> None:
    store(world, account=asdict(User("other", "Somebody Else")))
    [(state, said, _)] = troubles(world)
    assert (state, said) == (
        "Reconnect needed",
        "The credentials belong to Factory Droid, but the connection was made as Somebody Else.",
    )


def test_a_deactivated_account_is_noticed(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.jira import Jira

    asleep = replace(cloud.connection.account, active=False)
    monkeypatch.setattr(Jira, "myself", lambda self: asleep)
    [(state, said, _)] = troubles(cloud)
    assert (state, said) == ("Reconnect needed", "The account Factory Droid is deactivated in Jira.")


@pytest.mark.parametrize(
    ("seconds", "word"),
    [pytest.param(300, "300 s ahead of", id="ahead"), pytest.param(-300, "300 s behind", id="behind")],
)
def test_a_clock_that_differs_is_told_with_its_direction(world: World, seconds: int, word: str) -> None:
    world.site.clock.skew = timedelta(seconds=seconds)
    [(state, said, cure)] = troubles(world)
    assert state == "Degraded"
    assert f"Jira's clock is {word} ours" in said
    assert "NTP" in cure


def test_a_project_without_a_webhook_hears_nothing(cloud: World) -> None:
    for hook in webhooks.of_connection(cloud.db, cloud.connection.id):
        webhooks.remove(cloud.db, hook.id)
    [(state, said, cure)] = troubles(cloud)
    assert (state, said) == ("Degraded", "No webhook is registered, so Jira pushes nothing.")
    assert cure == "Run `jira-reactor webhooks register --connection test`."
    projects.revoke(cloud.db, cloud.connection.id, "OPS")
    assert troubles(cloud) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param(15, None, id="half its life"),
        pytest.param(2, "and was not refreshed", id="nearly over"),
        pytest.param(-1, "Webhook 7 has expired in Jira.", id="over"),
    ],
)
def test_a_webhook_that_runs_out_is_told(cloud: World, days: int, said: str | None) -> None:
    [hook] = webhooks.of_connection(cloud.db, cloud.connection.id)
    webhooks.update(cloud.db, hook.id, expires_at=now() + days * DAY, jira_id="7")
    told = [said for _, said, _ in troubles(cloud)]
    assert told == [] if said is None else said in told[0]


def test_a_used_up_quota_is_told_until_it_is_over(cloud: World) -> None:
    pauses.pause(cloud.db, cloud.connection.id, "all", now() + 60_000)
    [(state, said, _)] = troubles(cloud)
    assert state == "Degraded"
    assert "because its quota is used up" in said


def test_a_project_the_account_cannot_work_in_is_told_from_the_last_audit(cloud: World) -> None:
    found = {"verdict": "cannot work", "lacks": ["Add Comments"], "excess": []}
    findings.keep(cloud.db, cloud.connection.id, "permissions:OPS", found)
    [(state, said, cure)] = troubles(cloud)
    assert state == "Degraded"
    assert said == "The last audit found that the account cannot work in OPS: it lacks Add Comments."
    assert "jira-reactor permissions OPS" in cure


MADE = 1_700_000_000_000


@pytest.mark.parametrize(
    ("values", "basis", "left", "said"),
    [
        pytest.param({}, "estimated", 355, "355 days left (estimated, as none lives longer than 365 days)", id="api"),
        pytest.param({"auth": "scoped_token"}, "estimated", 355, "355 days left", id="scoped"),
        pytest.param({"token_expires_at": MADE + 30 * DAY}, "declared", 20, "20 days left (declared)", id="declared"),
        pytest.param({"token_expires_at": MADE + 9 * DAY}, "declared", -1, "has ended (declared)", id="ended"),
        pytest.param({"auth": "personal_access_token"}, "unknown", None, "no known end", id="PAT"),
        pytest.param({"auth": "oauth", "token_expires_at": MADE}, "estimated", 355, "estimated", id="OAuth"),
        pytest.param({"auth": "client_credentials"}, "renewed", None, "renewed by itself", id="client credentials"),
        pytest.param({"token_created_at": None}, "unknown", None, "no known end", id="older installation"),
    ],
)
def test_the_end_of_credentials_is_declared_estimated_or_unknown(
    values: dict[str, Any], basis: str, left: int | None, said: str
) -> None:
    plain = Connection("i", "n", "cloud", "u", "s", "api_token", "", User("d", "D"), token_created_at=MADE)
    life = lifetime(replace(plain, **values), MADE + 10 * DAY)
    assert (life.basis, life.days_left) == (basis, left)
    assert said in words(life)
    assert ("10 days old" in words(life)) == (life.age_days is not None)


def test_ended_credentials_need_a_reconnect(cloud: World) -> None:
    store(cloud, token_expires_at=now() - DAY)
    [told] = stored_status(cloud.db).connections
    assert told.state == "Reconnect needed"
    assert told.problems[0].said.startswith("The credentials ended on 20")


def test_each_threshold_is_reported_once(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = now() + 100 * DAY
    store(cloud, token_expires_at=ends)
    said: dict[int, str] = {}
    for left in range(100, -3, -1):
        monkeypatch.setattr("app.connecting.status.reminding.now", lambda left=left: ends - left * DAY)
        for line in remind(cloud.db):
            said[left] = line
    assert list(said) == [30, 14, 7, 1]
    assert said[7] == f"The credentials of test end in 7 days, on {day(ends)} (declared)."
    logged = [(who, what) for _, who, what in audit.latest(cloud.db, 10) if "credentials" in what]
    assert logged == [("schedule", said[left]) for left in (1, 7, 14, 30)]


def test_new_credentials_are_warned_of_anew(cloud: World) -> None:
    for days in (5, 6, -3):
        store(cloud, token_expires_at=now() + days * DAY)
        [said] = remind(cloud.db)
    assert said.startswith("The credentials of test have ended, on ")
    assert remind(cloud.db) == []
