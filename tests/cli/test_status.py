"""`jira-reactor status`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import connections, projects, webhooks, workers
from app.storage.database import now
from tests.cli.commanding import installed, run, told
from tests.connecting.worlds import World


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with installed(request.param, tmp_path) as made:
        yield made


def test_what_works_is_connected_and_ends_with_0(world: World) -> None:
    result = run(world, "status")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:3] == ["Connected  a worker is alive, 0 deliveries wait", "", "Connected  test"]
    rows = {line[2:16].strip(): line[17:] for line in lines[3:]}
    kind = "Cloud 1001.0.0" if world.cloud else "Data Center 10.3.0"
    assert rows["account"] == "Factory Droid"
    assert rows["site"] == f"{world.connection.site}, {kind}"
    assert rows["credentials"].startswith("api token, 0 days old, 36" if world.cloud else "personal access token, 0")
    assert rows["projects"] == "OPS"
    assert rows["webhooks"].endswith("(admin)" if world.cloud else "(datacenter)")
    assert rows["last delivery"] == "none yet"
    assert rows["clock"].endswith(" s from ours")


def test_json_tells_the_same_to_programs(world: World) -> None:
    status = told(world, "status")
    assert (status["status"], status["worker_alive"], status["backlog"], status["problems"]) == (
        "Connected",
        True,
        0,
        [],
    )
    [connection] = status["connections"]
    assert connection["account"] == {"id": world.droid.id, "name": "Factory Droid"}
    assert connection["deployment"] == world.connection.deployment
    assert connection["version"] == ("1001.0.0" if world.cloud else "10.3.0")
    assert connection["credentials"]["basis"] == ("estimated" if world.cloud else "unknown")
    assert (connection["projects"], connection["scopes"], connection["problems"]) == (["OPS"], [], [])
    assert "jira:issue_created" in connection["webhooks"][0]["events"]
    assert isinstance(connection["clock_skew"], float)


def test_what_does_not_work_ends_with_1_and_the_cure(world: World) -> None:
    workers.bury(world.db, ["w"])
    credentials = world.connection.unseal(world.vault) | {"token": "no-longer-valid"}
    connections.replace_credentials(world.db, world.vault, world.connection.id, credentials)
    result = run(world, "status")
    assert result.exit_code == 1
    assert result.stdout.startswith("Reconnect needed  no worker is alive")
    assert "! No worker is alive, so deliveries are kept but nothing reacts to them.\n    Run `jira-" in result.stdout
    assert "! Jira answered 401" in result.stdout
    assert "no-longer-valid" not in result.stdout


def test_what_is_missing_is_said_in_its_row(world: World) -> None:
    [hook] = webhooks.of_connection(world.db, world.connection.id)
    webhooks.update(world.db, hook.id, expires_at=now() + 30 * 86_400_000, jira_id="")
    projects.revoke(world.db, world.connection.id, "OPS")
    text = run(world, "status").stdout
    assert "none; `jira-reactor projects authorize KEY`" in text
    assert "pasted by hand (" in text
    assert ", expires 20" in text
