"""`jira-reactor doctor`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.connecting.doctor.hiding import secrets_of
from app.storage import workers
from tests.cli.commanding import installed, run, told
from tests.connecting.worlds import World


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with installed(request.param, tmp_path) as made:
        yield made


def test_a_healthy_installation_ends_with_0(world: World) -> None:
    run(world, "verify", "OPS")
    result = run(world, "doctor")
    assert result.exit_code == 0, result.stdout
    assert "✗" not in result.stdout
    assert f"✓ test: Connected to {world.connection.site} as Factory Droid." in result.stdout.splitlines()
    assert "✓ test: webhooks: They are as they must be; Jira last pushed at " in result.stdout


def test_an_illness_ends_with_1_and_its_cure(world: World) -> None:
    workers.bury(world.db, ["w"])
    result = run(world, "doctor")
    assert result.exit_code == 1
    assert (
        "✗ worker: No worker is alive, so nothing reacts.\n    Run `jira-reactor serve` or `worker`." in result.stdout
    )
    found = told(world, "doctor")
    assert found["ok"] is False
    assert {"name", "outcome", "said", "cure"} == set(found["checks"][0])


def test_webhooks_that_are_not_as_they_must_be_are_found_and_nothing_is_changed(world: World) -> None:
    """The receiver moved, so the registered address is not its own any more."""
    before = run(world, "webhooks", "list", "--json").stdout
    settings = replace(world.settings, public_url="http://127.0.0.1:1")
    result = run(replace(world, settings=settings), "doctor")
    assert result.exit_code == 1
    assert "✗ receiver: Nothing answers at http://127.0.0.1:1 (ConnectionError)." in result.stdout
    assert "✗ test: webhooks: " in result.stdout
    assert run(world, "webhooks", "list", "--json").stdout == before


def test_its_output_can_be_pasted_into_a_ticket(world: World) -> None:
    """Every secret of the installation is looked for in all it says, well and ill."""
    secrets = secrets_of(world.settings, world.db, world.vault)
    assert len(secrets) >= 3
    said = run(world, "doctor").output + run(world, "doctor", "--json").output
    workers.bury(world.db, ["w"])
    with world.running.refusing():
        world.vault.key_file.chmod(0o644)
        said += run(world, "doctor").output
    assert [secret for secret in secrets if secret in said] == []


def test_an_installation_that_is_not_there_yet_is_examined_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor"], env={"JIRA_REACTOR_HOME": str(tmp_path / "new")})
    assert result.exit_code == 1
    assert "✗ migrations: The tables are at revision none" in result.stdout
    assert "Run `jira-reactor upgrade`." in result.stdout
