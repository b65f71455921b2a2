"""`jira-reactor verify`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commanding import installed, run, told
from tests.connecting.worlds import World


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with installed(request.param, tmp_path) as made:
        yield made


def test_each_step_has_a_line_with_its_time(world: World) -> None:
    result = run(world, "verify", "OPS")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 9
    assert all(line[:7].strip().replace(".", "").isdigit() and " ✓ " in line for line in lines)
    assert lines[-1].endswith("deleted OPS-1")


def test_the_first_failing_step_names_cause_and_cure_and_ends_with_1(world: World) -> None:
    world.site.forbid(world.droid, "ADD_COMMENTS", project="OPS")
    result = run(world, "verify", "OPS")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[3].endswith("✗ comment       The account cannot comment: Add Comments.")
    assert lines[4].strip() == "`jira-reactor permissions OPS` says where to grant it."
    assert lines[5].endswith("- move          because comment failed")
    assert lines[-1].endswith("deleted OPS-1")


def test_json_names_what_is_left(world: World) -> None:
    world.site.forbid(world.droid, "DELETE_ISSUES", project="OPS")
    found = told(world, "verify", "OPS")
    assert found["ok"] is True
    assert found["left"] == ["OPS-1 is left. The account lacks Delete Issues, and does not need it otherwise."]
    assert [step["name"] for step in found["steps"]][:2] == ["log in", "read"]
    assert set(found["steps"][0]) == {"name", "outcome", "said", "cure", "seconds"}


def test_a_given_issue_is_used(world: World) -> None:
    world.site.create_issue("OPS", "Mine", by=world.ada)
    assert "OPS-1 in To Do" in run(world, "verify", "OPS", "--issue", "OPS-1", "--wait", "5").stdout
    assert list(world.site.issues) == ["OPS-1"]
