"""What all commands have in common, `settings`, `upgrade`, and how `flask` offers the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, add_to, load, main
from app.settings import load as load_settings
from app.storage.database import Database
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]


def test_every_command_is_listed_with_its_purpose() -> None:
    told = CliRunner().invoke(main, ["--help"]).stdout
    listed = [line.split()[0] for line in told.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "-h"])
    assert result.exit_code == 0
    assert (load(name).help or "").splitlines()[0].split()[0] in result.stdout


def test_a_command_that_is_not_there_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["conect"])
    assert result.exit_code == 2
    assert "conect" in result.stderr


def test_settings_are_listed_with_value_and_meaning(shell: Shell) -> None:
    told = shell.ok("settings", KEYS="secret-key")
    assert f"JIRA_REACTOR_HOME={shell.home}\n    Folder for" in told
    assert "JIRA_REACTOR_KEYS=(given)" in told
    as_json = json.loads(shell.ok("settings", "--json", KEYS="secret-key"))
    assert as_json["JIRA_REACTOR_PUBLIC_URL"]["value"] == "https://reactor.example.com"
    assert len(as_json) == len(load_settings({}).describe())
    assert "secret-key" not in told + json.dumps(as_json)


def test_a_setting_that_does_not_exist_ends_every_command_with_the_nearest_that_does(shell: Shell) -> None:
    for words in (("settings",), ("deliveries",), ("upgrade",), ("serve",), ("worker",)):
        result = shell.run(*words, PUBLICURL="x")
        assert result.exit_code == 1
        assert "There is no setting JIRA_REACTOR_PUBLICURL.\n  Did you mean JIRA_REACTOR_PUBLIC_URL?" in result.stderr


def test_upgrade_says_from_where_to_where(database_url: str, tmp_path: Path) -> None:
    env = {"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_DATABASE_URL": database_url}
    first, second = (CliRunner().invoke(main, ["upgrade"], env=env, catch_exceptions=False) for _ in range(2))
    assert first.stdout.startswith("The database is at revision ")
    assert first.stdout.endswith(", was empty.\n")
    assert second.stdout == first.stdout.replace(", was empty", "")
    db = Database(database_url)
    with db.reading() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 0
    db.close()


def test_commands_read_the_database_of_the_setting(shell: Shell, database_url: str) -> None:
    assert shell.ok("deliveries", DATABASE_URL=database_url) == ""
    assert not (shell.home / "reactor.sqlite3").exists() or "sqlite" in database_url


def flask(*words: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    from os import environ as own

    env = {**own, "JIRA_REACTOR_HOME": str(home), **environ}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_flask_offers_the_same_commands(tmp_path: Path) -> None:
    told = flask("settings", "--json", home=tmp_path)
    assert json.loads(told.stdout)["JIRA_REACTOR_HOME"]["value"] == str(tmp_path)


def test_flask_says_our_errors_with_their_cure(tmp_path: Path) -> None:
    ended = flask("projects", "list", home=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.endswith("Error: There is no connection yet.\n  Run `jira-reactor connect` first.\n")
    assert "Traceback" not in ended.stderr


def test_inside_gunicorn_no_command_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import Flask

    app = Flask("test")
    monkeypatch.setattr(sys, "argv", ["/usr/bin/gunicorn", "wsgi:app"])
    add_to(app)
    assert app.cli.commands == {}
    monkeypatch.setattr(sys, "argv", ["/usr/bin/flask", "settings"])
    add_to(app)
    assert set(app.cli.commands) == set(COMMANDS)
