"""`jira-reactor projects`."""

import json

import pytest

from tests.cli.conftest import Shell


def test_projects_are_authorized_listed_and_revoked(either: Shell) -> None:
    either.connect()
    assert either.ok("projects", "list") == "No project is authorized.\n"
    assert either.ok("projects", "authorize", "WEB", "OPS") == (
        "WEB (Website) is authorized now.\n"
        "OPS (Operations) is authorized now.\n"
        "OPS: may too much; has Delete Issues without need. See `jira-reactor permissions OPS`.\n"
        "WEB: may too much; has Delete Issues without need. See `jira-reactor permissions WEB`.\n"
        "Next: jira-reactor webhooks register\n"
    )
    assert "OPS (Operations) was authorized already." in either.ok("projects", "authorize", "OPS")
    assert either.ok("projects", "list") == "OPS\nWEB\n"
    assert either.ok("projects", "revoke", "WEB") == "WEB is not authorized any more.\n"
    assert json.loads(either.ok("projects", "list", "--json")) == [{"key": "OPS", "sweep": True, "turned_on": []}]


def test_a_project_that_is_not_there_or_not_to_be_seen_is_not_authorized(shell: Shell) -> None:
    shell.connect()
    shell.jira.site.forbid(shell.droid, "BROWSE_PROJECTS", project="WEB")
    for key in ("OSP", "WEB"):
        result = shell.run("projects", "authorize", key)
        assert result.exit_code == 1
        assert "Browse Projects" in result.stderr
    assert shell.ok("projects", "list") == "No project is authorized.\n"


def test_what_was_never_authorized_cannot_be_revoked(shell: Shell) -> None:
    shell.connect("--name", "ours")
    result = shell.run("projects", "revoke", "OPS")
    assert (result.exit_code, result.stderr) == (1, "Error: OPS is not authorized on ours.\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("projects", "list"), id="list"),
        pytest.param(("projects", "authorize", "OPS"), id="authorize"),
        pytest.param(("projects", "revoke", "OPS"), id="revoke"),
        pytest.param(("webhooks", "list"), id="webhooks"),
        pytest.param(("webhooks", "register", "--by-hand"), id="register"),
    ],
)
def test_without_a_connection_the_first_step_is_named(shell: Shell, words: tuple[str, ...]) -> None:
    result = shell.run(*words)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: There is no connection yet.\n  Run `jira-reactor connect` first.\n",
    )


def test_of_several_connections_one_must_be_named(shell: Shell) -> None:
    shell.connect("--name", "one")
    shell.connect("--name", "two")
    result = shell.run("projects", "list")
    assert result.exit_code == 1
    assert "Name one with --connection: one, two." in result.stderr
    assert "There is no connection 'three'." in shell.run("projects", "list", "--connection", "three").stderr
    shell.ok("projects", "authorize", "OPS", "--connection", "two")
    assert shell.ok("projects", "list", "--connection", "two") == "OPS\n"
    assert shell.ok("projects", "list", "--connection", "one") == "No project is authorized.\n"
