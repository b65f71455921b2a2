"""The commands that connect, as an admin types them."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from app.cli import main
from app.simulator import Running, start
from app.storage import audit, connections, projects
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

TOMORROW = "2125-01-01"


@dataclass(frozen=True)
class Shell:
    """A shell with an installation of its own, beside a simulated Jira."""

    jira: Running
    home: Path
    environ: dict[str, str]

    def run(self, *words: str, typed: str = "", **environ: str) -> Result:
        return CliRunner().invoke(main, words, input=typed, env=self.environ | environ)

    @property
    def db(self) -> Database:
        return Database(f"sqlite:///{self.home / 'reactor.sqlite3'}")

    def connection(self, name: str = "") -> Connection:
        db = self.db
        found = connections.named(db, name)
        db.close()
        return found


def serve(face: Any, home: Path) -> Iterator[Shell]:
    with start(face) as jira:
        app = jira.atlassian.register("Reactor", redirect_uri="http://127.0.0.1:1/oauth/callback")
        given = {
            "HOME": str(home),
            "PUBLIC_URL": "http://127.0.0.1:1",
            "OAUTH_CLIENT_ID": app.client_id,
            "OAUTH_CLIENT_SECRET": app.client_secret,
            "ATLASSIAN_AUTH_URL": jira.url,
            "ATLASSIAN_API_URL": jira.url,
        }
        for name, admin in (("Droid", False), ("Ada", False), ("Grace", True)):
            jira.site.add_user(name, email=f"{name.lower()}@example.com", admin=admin)
        jira.site.add_project("OPS", "Operations")
        yield Shell(jira, home, {f"JIRA_REACTOR_{name}": value for name, value in given.items()})


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Shell]:
    yield from serve("cloud", tmp_path)


@pytest.fixture
def datacenter(tmp_path: Path) -> Iterator[Shell]:
    yield from serve("datacenter", tmp_path)


def person(shell: Shell, name: str = "Droid") -> Any:
    return next(who for who in shell.jira.site.people.values() if who.name == name)


def connect_droid(shell: Shell) -> None:
    answer = shell.run("connect", shell.jira.url, "--email", "droid@example.com", JIRA_TOKEN=person(shell).token)
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize("way", ["file", "standard input", "environment", "prompt"])
def test_a_token_comes_from_anywhere_but_the_command_line(cloud: Shell, way: str) -> None:
    token = person(cloud).token
    file = cloud.home / "token"
    file.write_text(f"{token}\n")
    given: dict[str, Any] = {
        "file": {"words": ("--token-file", str(file))},
        "standard input": {"words": ("--token-file", "-"), "typed": token},
        "environment": {"JIRA_TOKEN": token},
        "prompt": {"typed": f"{token}\n"},
    }[way]
    words = ("connect", cloud.jira.url, "--email", "droid@example.com", *given.pop("words", ()))
    answer = cloud.run(*words, **given)
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()[-3:]
    site = cloud.jira.url.partition("://")[2]
    assert lines[0].endswith(f"Connected to {site} as Droid. The connection is 127.0.0.1.")
    assert lines[1] == "The API token has no scopes; it works at the site's own address."
    assert lines[2] == "Next: jira-reactor projects authorize KEY"
    assert token not in answer.output


def test_a_token_with_scopes_is_recognised_and_said_to_be(cloud: Shell) -> None:
    token = cloud.jira.atlassian.scoped_token(person(cloud))
    answer = cloud.run("connect", cloud.jira.url, "--email", "droid@example.com", JIRA_TOKEN=token)
    assert "The API token has scopes; it works at Atlassian's gateway, 127.0.0.1:" in answer.output
    assert cloud.connection().auth == "scoped_token"


def test_client_credentials_ask_for_their_secret(cloud: Shell) -> None:
    service = cloud.jira.site.add_service_account("Worker")
    client = cloud.jira.atlassian.register("Service", service=service)
    words = ("connect", "--client-credentials", client.client_id, "--cloud-id", cloud.jira.site.cloud_id)
    answer = cloud.run(*words, typed=f"{client.client_secret}\n")
    assert answer.exit_code == 0, answer.output
    assert "as Worker" in answer.output
    assert client.client_secret not in answer.output
    assert cloud.run("reconnect", "127.0.0.1", JIRA_TOKEN=client.client_secret).exit_code == 0
    assert cloud.connection().auth == "client_credentials"


def test_a_data_center_is_connected_and_made_anew_with_a_personal_access_token(datacenter: Shell) -> None:
    token = person(datacenter).token
    answer = datacenter.run("connect", datacenter.jira.url, "--name", "dc", JIRA_TOKEN=token)
    assert answer.exit_code == 0, answer.output
    assert "The connection is dc." in answer.output
    made = datacenter.connection()
    assert datacenter.run("reconnect", "dc", "--token-expires", TOMORROW, JIRA_TOKEN=token).exit_code == 0
    remade = datacenter.connection()
    assert (remade.id, remade.auth) == (made.id, "personal_access_token")
    assert remade.token_expires_at == 4_891_363_200_000


def test_the_day_a_token_ends_must_be_one_to_come(cloud: Shell) -> None:
    words = ("connect", cloud.jira.url, "--email", "droid@example.com", "--token-expires", "2020-01-01")
    answer = cloud.run(*words, JIRA_TOKEN=person(cloud).token)
    assert answer.exit_code == 2
    assert "2020-01-01, which is over" in answer.output


def test_the_wrong_account_is_refused_until_it_is_insisted_on(cloud: Shell) -> None:
    words = ("connect", cloud.jira.url, "--email", "grace@example.com")
    answer = cloud.run(*words, JIRA_TOKEN=person(cloud, "Grace").token)
    assert answer.exit_code == 1
    assert "Grace (grace@example.com) administers Jira" in answer.output
    assert "private window" in answer.output
    answer = cloud.run(*words, "--accept-account", JIRA_TOKEN=person(cloud, "Grace").token)
    assert answer.exit_code == 0, answer.output
    db = cloud.db
    assert "--accept-account, although" in audit.latest(db, 1)[0][2]
    db.close()


def test_another_account_than_declared_is_refused(cloud: Shell) -> None:
    words = ("connect", cloud.jira.url, "--email", "ada@example.com", "--account", "droid@example.com")
    answer = cloud.run(*words, JIRA_TOKEN=person(cloud, "Ada").token)
    assert answer.exit_code == 1
    assert "The account is Ada (ada@example.com), not droid@example.com." in answer.output


def test_a_name_in_use_is_refused_before_anything_is_asked(cloud: Shell) -> None:
    connect_droid(cloud)
    answer = cloud.run("connect", cloud.jira.url, "--name", "127.0.0.1")
    assert answer.exit_code == 1
    assert "There is a connection called '127.0.0.1' already." in answer.output
    assert "token" not in answer.output


def test_without_a_url_one_is_asked_for(cloud: Shell) -> None:
    answer = cloud.run("connect")
    assert answer.exit_code == 2
    assert "or --oauth" in answer.output


def test_oauth_prints_a_link_that_holds_nothing_but_an_invitation(cloud: Shell) -> None:
    answer = cloud.run("connect", "--oauth", "--account", "droid@example.com")
    assert answer.exit_code == 0, answer.output
    assert re.search(r"  http://127\.0\.0\.1:1/connect\?invitation=[\w-]{43}\n", answer.output)
    assert "private window" in answer.output


def test_oauth_without_its_settings_says_where_to_get_them(cloud: Shell) -> None:
    answer = cloud.run("connect", "--oauth", JIRA_REACTOR_OAUTH_CLIENT_ID="")
    assert answer.exit_code == 1
    assert "JIRA_REACTOR_OAUTH_CLIENT_ID is not set" in answer.output
    assert "http://127.0.0.1:1/oauth/callback" in answer.output


def test_reconnecting_ends_with_the_proof_where_there_is_a_project(cloud: Shell) -> None:
    connect_droid(cloud)
    db = cloud.db
    projects.authorize(db, cloud.connection().id, "OPS")
    db.close()
    answer = cloud.run("reconnect", "127.0.0.1", JIRA_TOKEN=person(cloud).token)
    assert "log in" in answer.output
    # No webhook is registered, so the proof fails, and says so.
    assert answer.exit_code == 1


def test_new_keys_take_over_from_old_ones(cloud: Shell) -> None:
    connect_droid(cloud)
    cloud.run("connect", "--oauth")
    old = (cloud.home / "vault.key").read_text()
    new = Fernet.generate_key().decode()
    (cloud.home / "vault.key").write_text(f"{new},{old}")
    assert cloud.run("vault", "rotate").output.startswith("Secrets sealed anew with the newest key: 1.")
    assert cloud.run("vault", "rotate").output.startswith("Secrets sealed anew with the newest key: 0.")
    assert cloud.connection().unseal(Vault(new, cloud.home))["token"] == person(cloud).token
    db = cloud.db
    assert [what for _, _, what in audit.latest(db, 9) if "anew" in what] == [
        "secrets sealed anew with the newest key: 1"
    ]
    db.close()


def test_no_secret_of_ours_stands_in_the_clear(cloud: Shell) -> None:
    connect_droid(cloud)
    stored = b"".join(file.read_bytes() for file in cloud.home.iterdir() if "sqlite3" in file.name)
    assert person(cloud).token.encode() not in stored
    assert json.dumps(person(cloud).email).encode() not in stored
    assert "JIRA_TOKEN" not in os.environ
