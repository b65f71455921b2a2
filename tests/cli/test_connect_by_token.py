"""`jira-reactor connect`."""

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.storage import connections
from tests.cli.conftest import Shell


def test_a_connection_is_made_and_the_next_step_named(either: Shell) -> None:
    host = either.jira.url.removeprefix("http://")
    kind = "The API token has no scopes; it works at the site's own address.\n" if either.cloud else ""
    assert either.connect() == (
        f"Connected to {host} as Factory Droid. The connection is 127.0.0.1.\n{kind}"
        "Next: jira-reactor projects authorize KEY\n"
    )
    db = either.database()
    [connection] = connections.every(db)
    db.close()
    assert connection.deployment == either.jira.site.face.name
    assert connection.base_url == either.jira.url


def test_the_token_may_come_from_standard_input(shell: Shell) -> None:
    words = ("connect", f"{shell.jira.url}/", "--email", shell.droid.email, "--token-file", "-", "--name", "ours")
    assert "The connection is ours." in shell.ok(*words, input=f"{shell.droid.token}\n")


def test_the_token_is_asked_for_without_showing_it(shell: Shell) -> None:
    told = shell.ok("connect", shell.jira.url, "--email", shell.droid.email, input=f"{shell.droid.token}\n")
    assert told.startswith("API token: \n")
    assert shell.droid.token not in told


def test_a_wrong_token_says_how_to_make_a_right_one(shell: Shell) -> None:
    words = ("connect", shell.jira.url, "--email", shell.droid.email, "--token-file", "-")
    result = shell.run(*words, input="wrong-token")
    assert result.exit_code == 1
    assert "Jira answered 401" in result.stderr
    assert "Make a new API token" in result.stderr
    assert "wrong-token" not in result.output


@pytest.mark.parametrize("token", ["", "two words"], ids=["empty", "two words"])
def test_what_is_no_token_is_not_sent(shell: Shell, token: str) -> None:
    result = shell.run("connect", shell.jira.url, "--email", shell.droid.email, "--token-file", "-", input=token)
    assert result.exit_code == 1
    assert "Copy the API token again" in result.stderr


def test_a_token_file_that_cannot_be_read_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for file in ("nowhere", str(tmp_path), str(tmp_path / "binary")):
        result = shell.run("connect", shell.jira.url, "--email", shell.droid.email, "--token-file", file)
        assert result.exit_code == 1
        assert f"{file}, which shall hold the API token, cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        pytest.param("jira.example.com", "https://your-site.atlassian.net", id="no scheme"),
        pytest.param("http://[", "https://your-site.atlassian.net", id="no URL"),
    ],
)
def test_a_wrong_address_says_how_it_should_look(shell: Shell, url: str, cure: str) -> None:
    words = ("connect", url, "--email", "e@example.com", "--token-file", "-")
    result = shell.run(*words, input="token")
    assert result.exit_code == 1
    assert cure in result.stderr


def test_what_answers_but_is_no_jira_is_recognised(shell: Shell) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        result = shell.run("connect", url, "--email", "e@example.com", "--token-file", "-", input="token")
        server.shutdown()
        thread.join()
    assert result.exit_code == 1
    assert "Check that the base URL is Jira's own" in result.stderr


def test_a_name_in_use_is_refused(shell: Shell) -> None:
    shell.connect("--name", "ours")
    words = ("connect", shell.jira.url, "--email", shell.droid.email, "--token-file", "-", "--name", "ours")
    result = shell.run(*words, input=shell.droid.token)
    assert result.exit_code == 1
    assert "There is a connection called 'ours' already.\n  Choose another with --name" in result.stderr


def test_an_installation_that_cannot_be_made_names_its_setting(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = ("connect", shell.jira.url, "--email", shell.droid.email, "--token-file", "-")
    result = shell.run(*words, input=shell.droid.token, DATABASE_URL=f"sqlite:///{tmp_path}/file/x.sqlite3")
    assert result.exit_code == 1
    assert "JIRA_REACTOR_DATABASE_URL" in result.stderr
