from pathlib import Path
from typing import Any

import pytest

from app.errors import ReactorError
from app.settings import CHECKOUT, Settings, SettingsError, load


def test_nothing_has_to_be_set() -> None:
    settings = load({"PATH": "/bin", "HOME": "/somewhere"})
    assert settings.home == Path("~/.jira-reactor").expanduser()
    assert settings.database_url == f"sqlite:///{settings.home}/reactor.sqlite3"
    assert settings.droid == "echo"
    assert settings.handler_folders == (CHECKOUT / "handlers",)


def test_an_empty_value_counts_as_unset() -> None:
    assert load({"JIRA_REACTOR_BIND": "", "JIRA_REACTOR_HOPS": ""}) == load({})


def test_a_sqlite_file_may_lie_anywhere() -> None:
    url = "sqlite:////var/lib/reactor/inbox.sqlite3"
    assert load({"JIRA_REACTOR_DATABASE_URL": url}).database_url == url


def test_every_setting_can_be_given(tmp_path: Path) -> None:
    given = {
        "HOME": str(tmp_path),
        "DATABASE_URL": "postgres://me:pw@db/reactor",
        "BIND": "0.0.0.0:80",
        "PUBLIC_URL": "https://reactor.example.com/",
        "WEB_WORKERS": "4",
        "CONCURRENCY": "16",
        "MAX_BODY": "4096",
        "HANDLERS": f"{tmp_path}:{tmp_path}",
        "DROID": "command",
        "DROID_COMMAND": "agent --mode 'read only'",
        "DROID_ENV": "API_KEY LANG",
        "DROID_CWD": str(tmp_path),
        "DROID_TIMEOUT": "2.5",
        "DROIDS": "claude http",
        "DROID_RECIPES": str(tmp_path),
        "DROID_AUTONOMY": "medium",
        "DROID_MODEL": "some-model",
        "DROID_TOOLS": "Read Grep",
        "DROID_URL": "https://agents.example.com/tasks/",
        "DROID_SECRET": "whsec_" + "hush" * 10,
        "DROID_HOSTS": "localhost",
        "ACKNOWLEDGE_AFTER": "0",
        "PROGRESS_SECONDS": "20",
        "STALE_AFTER": "60",
        "COMMAND_WORDS": "Halt=stop again=retry",
        "RUNS_PER_ISSUE": "7",
        "HOPS": "2",
        "KEYS": "k",
        "OAUTH_CLIENT_ID": "client",
        "OAUTH_CLIENT_SECRET": "hush",
        "ATLASSIAN_AUTH_URL": "https://auth.example.com",
        "ATLASSIAN_API_URL": "https://api.example.com/",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
    }
    settings = load({f"JIRA_REACTOR_{name}": value for name, value in given.items()})
    assert settings == Settings(
        home=tmp_path,
        database_url="postgresql+psycopg://me:pw@db/reactor",
        bind="0.0.0.0:80",
        public_url="https://reactor.example.com",
        web_workers=4,
        concurrency=16,
        max_body=4096,
        handlers=(tmp_path, tmp_path),
        droid="command",
        droid_command=("agent", "--mode", "read only"),
        droid_env=("API_KEY", "LANG"),
        droid_cwd=tmp_path,
        droid_timeout=2.5,
        droids=("claude", "http"),
        droid_recipes=tmp_path,
        droid_autonomy="medium",
        droid_model="some-model",
        droid_tools=("Read", "Grep"),
        droid_url="https://agents.example.com/tasks/",
        droid_secret="whsec_" + "hush" * 10,
        droid_hosts=("localhost",),
        acknowledge_after=0.0,
        progress_seconds=20.0,
        stale_after=60.0,
        command_words=(("halt", "stop"), ("again", "retry")),
        runs_per_issue=7,
        hops=2,
        keys="k",
        oauth_client_id="client",
        oauth_client_secret="hush",
        atlassian_auth_url="https://auth.example.com",
        atlassian_api_url="https://api.example.com",
        log_format="json",
        log_level="DEBUG",
    )
    assert {name for name, _, _ in settings.describe()} == {f"JIRA_REACTOR_{name}" for name in given}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("HOME", "here", id="home not absolute"),
        pytest.param("DATABASE_URL", "mysql://db/x", id="another database"),
        pytest.param("DATABASE_URL", "sqlite://", id="SQLite in memory"),
        pytest.param("DATABASE_URL", "sqlite:///here.sqlite3", id="SQLite file not absolute"),
        pytest.param("DATABASE_URL", "reactor", id="no URL"),
        pytest.param("BIND", "8420", id="no host"),
        pytest.param("BIND", "127.0.0.1:http", id="no number"),
        pytest.param("BIND", "127.0.0.1:70000", id="no port"),
        pytest.param("PUBLIC_URL", "reactor.example.com", id="no scheme"),
        pytest.param("PUBLIC_URL", "https://me:pw@reactor.example.com", id="credentials"),
        pytest.param("PUBLIC_URL", "https://reactor.example.com/?a=b", id="a query"),
        pytest.param("PUBLIC_URL", "http://[", id="no URL at all"),
        pytest.param("WEB_WORKERS", "0", id="too few"),
        pytest.param("CONCURRENCY", "many", id="a word"),
        pytest.param("HANDLERS", "/nowhere/at/all", id="no folder"),
        pytest.param("HANDLERS", "handlers", id="folder not absolute"),
        pytest.param("DROID_COMMAND", "agent 'open", id="an open quote"),
        pytest.param("DROID_CWD", "/nowhere/at/all", id="no folder to work in"),
        pytest.param("COMMAND_WORDS", "halt", id="a word without meaning"),
        pytest.param("DROID_AUTONOMY", "total", id="no autonomy"),
        pytest.param("DROID_TIMEOUT", "0", id="no time"),
        pytest.param("DROID_SECRET", "pw" * 20, id="a secret of another kind"),
        pytest.param("DROID_SECRET", "whsec_" + "pw" * 15, id="a secret too short"),
        pytest.param("DROID_SECRET", "whsec_" + "pw" * 50, id="a secret too long"),
        pytest.param("DROID_SECRET", "whsec_" + "pw-!" * 10, id="a secret that is no base64"),
        pytest.param("LOG_LEVEL", "LOUD", id="no level"),
    ],
)
def test_a_wrong_value_names_its_setting_and_says_what_it_means(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({f"JIRA_REACTOR_{name}": value})
    assert caught.value.message.startswith(f"JIRA_REACTOR_{name}: ")
    assert caught.value.cure.startswith("It means: ")
    assert "pw" not in str(caught.value).replace("PASSWORD", "")


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        pytest.param("DATABSE_URL", "Did you mean JIRA_REACTOR_DATABASE_URL?", id="a typo"),
        pytest.param("ZZZ", "`jira-reactor settings` lists the ones there are.", id="like nothing"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused(name: str, cure: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({f"JIRA_REACTOR_{name}": "1"})
    assert str(caught.value) == f"There is no setting JIRA_REACTOR_{name}. {cure}"


def test_what_belongs_to_the_tests_and_the_simulator_is_left_alone() -> None:
    assert load({"JIRA_REACTOR_SHARED": "x", "JIRA_REACTOR_SIMULATOR_JOURNAL": "y"}) == load({})


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param({"KEYS": "secret"}, {"KEYS": "(given)"}, id="keys"),
        pytest.param({"DROID_SECRET": "whsec_" + "secret" * 6}, {"DROID_SECRET": "(given)"}, id="a signing secret"),
        pytest.param(
            {"DATABASE_URL": "postgresql://me:secret@db/r"},
            {"DATABASE_URL": "postgresql+psycopg://...@db/r"},
            id="a password",
        ),
        pytest.param({}, {"KEYS": "", "DROID_CWD": "", "HANDLERS": "", "HOPS": "5"}, id="nothing"),
        pytest.param(
            {"HANDLERS": "/:/tmp", "DROID_ENV": "A B"}, {"HANDLERS": "/:/tmp", "DROID_ENV": "A B"}, id="lists"
        ),
    ],
)
def test_settings_are_shown_without_secrets(given: dict[str, Any], shown: dict[str, str]) -> None:
    described = {name: value for name, value, _ in load({f"JIRA_REACTOR_{n}": v for n, v in given.items()}).describe()}
    assert {name: described[f"JIRA_REACTOR_{name}"] for name in shown} == shown
    assert "secret" not in repr(described)


def test_every_error_of_ours_says_what_to_do() -> None:
    error = ReactorError("It broke.", "Mend it.")
    assert str(error) == "It broke. Mend it."
    assert str(ReactorError("It broke.")) == "It broke."
