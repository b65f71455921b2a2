"""The permission audit on both deployments."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.connecting import permissions
from app.connecting.permissions import Audit, ProjectAudit, audit, audit_all, report, summary
from app.connecting.permissions.needs import NEEDED, TOO_MUCH
from app.connecting.permissions.places import global_place, project_place
from app.connecting.schedules import schedules
from app.connecting.status import stored_status
from app.storage import audit as audit_log
from app.storage import connections, projects
from tests.connecting.worlds import World, connect_as, world


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The droid may do in OPS what it needs and no more."""
    with world(request.param, tmp_path) as made:
        made.site.forbid(made.droid, "DELETE_ISSUES", project="OPS")
        made.site.forbid(made.droid, "BROWSE_PROJECTS", project="WEB")
        yield made


def audited(world: World, *keys: str) -> Audit:
    return audit(world.db, world.connection, world.jira, keys)


def only(found: Audit) -> ProjectAudit:
    [project] = found.projects
    return project


def test_an_account_with_just_what_it_needs_is_good(world: World) -> None:
    found = audited(world)
    project = only(found)
    assert (project.key, project.name, project.verdict) == ("OPS", "Operations", "good")
    assert project.has == NEEDED
    assert (project.lacks, project.excess, found.excess, found.strangers) == ((), (), (), ())
    assert found.account.name == "Factory Droid"
    assert summary(project) == "OPS: good."


@pytest.mark.parametrize("permission", NEEDED, ids=lambda permission: permission.key)
def test_each_lack_is_named_with_what_it_breaks(world: World, permission: permissions.Permission) -> None:
    world.site.forbid(world.droid, permission.key, project="OPS")
    project = only(audited(world))
    assert permission in project.lacks
    assert permission.effect.startswith("cannot ")
    essential = permission.key in ("BROWSE_PROJECTS", "ADD_COMMENTS")
    assert project.verdict == ("cannot work" if essential else "works in part")
    assert permission.name in summary(project)


def test_a_project_the_account_cannot_see_lacks_everything(world: World) -> None:
    project = only(audited(world, "WEB"))
    assert (project.name, project.lacks, project.has, project.verdict) == ("", NEEDED, (), "cannot work")
    assert "WEB > Project settings" in project.place


def test_what_the_account_has_without_need_is_named(world: World) -> None:
    """Connected as Ada, who administers Jira."""
    ada = connect_as(world.db, world.vault, world.running, world.ada, name="ada")
    projects.authorize(world.db, ada.id, "OPS")
    found = audit(world.db, ada, world.open_jira(ada))
    assert only(found).excess == TOO_MUCH
    assert only(found).verdict == "may too much"
    assert [permission.name for permission in found.excess][:2] == ["Administer Jira", "Jira System Administrators"]
    assert found.strangers == (("WEB", "Website"),)
    names = "Administer Projects, Delete Issues, Delete All Comments, Edit All Comments"
    assert summary(only(found)) == f"OPS: may too much; has {names} without need."


def test_the_place_to_mend_it_is_that_of_the_deployment(world: World) -> None:
    found = audited(world)
    place = only(found).place
    assert place.startswith("OPS > Project settings > Permissions")
    assert ("Project settings > People" in place) == world.cloud
    assert ("Project settings > Users and roles" in place) == (not world.cloud)
    assert place.endswith(f"{world.running.url}/plugins/servlet/project-config/OPS/permissions")
    menu = "Settings (gear)" if world.cloud else "Administration (gear)"
    assert found.place.startswith(f"{menu} > System > Global permissions")


class Settings:
    """A client of a Jira whose project is team-managed, or whose permission scheme may be read."""

    api = "/rest/api/3"

    def __init__(self, **answers: object) -> None:
        self.client = self
        self._answers = answers

    def send(self, method: str, path: str) -> object:
        return self._answers["scheme" if path.endswith("permissionscheme") else "project"]


def test_the_scheme_is_named_where_the_account_may_read_it(world: World) -> None:
    jira = Settings(project={"style": "classic"}, scheme={"name": "Default software scheme"})
    place = project_place(world.connection, jira, "OPS")  # type: ignore[arg-type]
    assert "Permissions (scheme 'Default software scheme') > Actions" in place


def test_a_team_managed_project_has_one_place_for_all(world: World) -> None:
    place = project_place(world.connection, Settings(project={"simplified": True}), "OPS")  # type: ignore[arg-type]
    assert place == "OPS > Project settings > Access: give Factory Droid a role that has exactly what it needs"


def test_behind_the_gateway_the_place_is_on_the_site(world: World) -> None:
    behind = replace(world.connection, base_url="https://api.atlassian.com/ex/jira/1", site="acme.atlassian.net")
    place = project_place(behind, Settings(project={}, scheme=[]), "OPS")  # type: ignore[arg-type]
    assert place.endswith(": https://acme.atlassian.net/plugins/servlet/project-config/OPS/permissions")
    assert "Factory Droid" in global_place(behind)


def test_a_change_is_reported_once(world: World) -> None:
    def told() -> list[str]:
        return report(world.db, world.connection, audited(world), who="test")

    assert told() == [
        "OPS: good.",
        "Factory Droid has no global permission without need, and may browse no project without authorization.",
    ]
    assert told() == []
    world.site.forbid(world.droid, "TRANSITION_ISSUES", project="OPS")
    assert told() == ["OPS: works in part; lacks Transition Issues."]
    world.site.allow(world.droid, "BROWSE_PROJECTS", project="WEB")
    [said] = told()
    assert said.endswith("may browse Website (WEB) without authorization.")
    assert told() == []
    lines = [(who, what) for _, who, what in audit_log.latest(world.db, 2)]
    assert lines[1] == ("test", "permissions on test: OPS: works in part; lacks Transition Issues.")


def test_every_day_every_connection_is_audited_and_its_status_knows(world: World) -> None:
    """One that is broken, or whose Jira does not answer, does not keep the others from it."""
    broken = connect_as(world.db, world.vault, world.running, world.ada, name="broken")
    unknown = connect_as(world.db, world.vault, world.running, world.ada, name="token of another")
    for connection in (broken, unknown):
        projects.authorize(world.db, connection.id, "OPS")
    connections.set_trouble(world.db, broken.id, "Gone.")
    credentials = unknown.unseal(world.vault) | {"token": "nonsense"}
    connections.replace_credentials(world.db, world.vault, unknown.id, credentials)
    world.site.forbid(world.droid, "ADD_COMMENTS", project="OPS")
    assert audit_all(world.db, world.open_jira)[0] == "OPS: cannot work; lacks Add Comments."
    [first, *_] = stored_status(world.db).connections
    assert "cannot work in OPS: it lacks Add Comments" in "".join(problem.said for problem in first.problems)


def test_the_schedules_do_what_they_are_named_after(world: World) -> None:
    planned = schedules(world.db, world.open_jira)
    assert all(len(cron.split()) == 5 for cron, _ in planned.values())
    for _, do in planned.values():
        do()
    said = [what for _, who, what in audit_log.latest(world.db, 10) if who == "schedule"]
    assert "permissions on test: OPS: good." in said
