"""The journal: every exchange, whole, in order, without secrets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.simulator.journal import VARIABLE, Journal
from tests.simulator.conftest import world

WRITER = """
import sys
from pathlib import Path
from app.simulator.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(200):
    journal.write({"from": sys.argv[2], "number": number, "filling": "x" * 5000})
"""


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_takes_down_every_exchange(tmp_path: Path) -> None:
    kept = tmp_path / "journal.jsonl"
    noted = world("cloud", journal=kept)
    with noted.jira:
        key = noted.jira.site.create_issue("OPS", "x", by=noted.admin).key
        noted.ask("POST", f"issue/{key}/comment", json={"body": noted.body("Hi")}, params={"expand": "properties"})
        noted.ask("GET", "nowhere")
    first, second = lines(kept)
    assert (first["face"], first["method"], first["status"]) == ("cloud", "POST", 201)
    assert first["path"] == f"/rest/api/3/issue/{key}/comment"
    assert first["query"] == {"expand": ["properties"]}
    assert first["request"] == {"body": noted.body("Hi")}
    assert first["response"]["body"] == noted.body("Hi")
    assert first["headers"]["Content-Type"] == "application/json"
    assert (second["request"], second["status"]) == (None, 404)


def test_takes_down_no_secret(tmp_path: Path) -> None:
    kept = tmp_path / "journal.jsonl"
    noted = world("datacenter", journal=kept)
    with noted.jira:
        sent = {"name": "r", "url": "u", "secret": "shh-1", "configuration": {"SECRET": "shh-2"}}
        noted.ask("POST", "/rest/jira-webhook/1.0/webhooks", json=sent, by=noted.admin)
    assert "shh" not in kept.read_text()
    assert noted.admin.token not in kept.read_text()


def test_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "journal.jsonl"
    monkeypatch.setenv(VARIABLE, str(kept))
    noted = world("datacenter")
    with noted.jira:
        noted.ask("GET", "/browse/NONE-1")
    (exchange,) = lines(kept)
    assert (exchange["face"], exchange["status"]) == ("datacenter", 404)


def test_takes_down_text_that_is_no_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "journal.jsonl"
    noted = world("cloud", journal=kept)
    with noted.jira:
        noted.ask("POST", "issue", data="{", headers={"Content-Type": "application/json"})
    assert lines(kept)[0]["request"] == "{"


def test_is_shared_by_processes_without_tearing_lines(tmp_path: Path) -> None:
    kept = tmp_path / "journal.jsonl"
    command = [sys.executable, "-c", WRITER, str(kept)]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    written = lines(kept)
    assert sorted((line["from"], line["number"]) for line in written) == [
        (name, number) for name in "abc" for number in range(200)
    ]


def test_blots_secrets_out_wherever_they_are(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.write({"list": [{"secret": "a"}], "SECRET": "b", "other": "c"})
    journal.close()
    assert lines(tmp_path / "journal.jsonl") == [{"list": [{"secret": "***"}], "SECRET": "***", "other": "c"}]
