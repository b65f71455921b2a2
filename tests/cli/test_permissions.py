"""`jira-reactor permissions`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import audit
from tests.cli.commanding import installed, run, told
from tests.connecting.worlds import World, connect_as


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with installed(request.param, tmp_path) as made:
        made.site.forbid(made.droid, "DELETE_ISSUES", project="OPS")
        yield made


def test_a_good_project_has_a_row_for_each_permission(world: World) -> None:
    result = run(world, "permissions")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"Factory Droid on {world.connection.site}",
        "",
        "OPS Operations: good",
        "  ✓ Browse Projects",
        "  ✓ Add Comments",
        "  ✓ Transition Issues",
        "  ✓ Edit Issues",
        "  ✓ Assign Issues",
        "  ✓ Assignable User",
        "  ✓ Edit Own Comments",
        "  ✓ Link Issues",
    ]


def test_lacks_and_excess_say_what_they_mean_and_where_to_mend_it(world: World) -> None:
    world.site.forbid(world.droid, "TRANSITION_ISSUES", project="OPS")
    world.site.allow(world.droid, "DELETE_ISSUES", project="OPS")
    world.site.allow(world.droid, "BROWSE_PROJECTS", project="WEB")
    result = run(world, "permissions", "OPS")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "OPS Operations: works in part" in lines
    assert "  ✗ Transition Issues            cannot move issues" in lines
    assert "  ! Delete Issues                without need: may delete issues for good" in lines
    assert "  ! WEB (Website)                may be browsed, but is not authorized" in lines
    people = "People" if world.cloud else "Users and roles"
    [place, everywhere] = [line for line in lines if line.startswith("  Mend it at ")]
    assert f"Project settings > {people} for the role of Factory Droid" in place
    assert "System > Global permissions" in everywhere


def test_a_project_that_cannot_be_seen_is_said_so(world: World) -> None:
    assert "WEB (not visible): cannot work" in run(world, "permissions", "WEB").stdout


def test_many_unauthorized_projects_are_counted_and_json_names_all(world: World) -> None:
    for number in range(25):
        world.site.add_project(f"P{number:02}", f"Project {number}")
    assert "  ! and 5 more projects          --json names them all" in run(world, "permissions").stdout
    assert len(told(world, "permissions")["browsable_unauthorized"]) == 25


def test_json_tells_the_same_to_programs(world: World) -> None:
    world.site.forbid(world.droid, "ADD_COMMENTS", project="OPS")
    found = told(world, "permissions")
    [project] = found["projects"]
    assert (project["key"], project["name"], project["verdict"]) == ("OPS", "Operations", "cannot work")
    assert project["lacks"] == [{"key": "ADD_COMMENTS", "name": "Add Comments", "effect": "cannot comment"}]
    assert "Browse Projects" in project["has"]
    assert (project["excess"], found["global_excess"], found["browsable_unauthorized"]) == ([], [], [])
    assert found["account"] == {"id": world.droid.id, "name": "Factory Droid"}


def test_without_projects_it_says_how_to_authorize_one(world: World) -> None:
    connect_as(world.db, world.vault, world.running, world.ada, name="ada")
    text = run(world, "permissions", "--connection", "ada").stdout
    assert "No project is authorized; `jira-reactor projects authorize KEY`." in text
    assert "  ! Administer Jira              may change the whole site and every project" in text


def test_what_changed_goes_into_the_audit_log_once(world: World) -> None:
    for _ in range(2):
        run(world, "permissions")
    said = [what for _, who, what in audit.latest(world.db, 20) if who == "cli" and what.startswith("permissions")]
    assert said.count("permissions on test: OPS: good.") == 1
