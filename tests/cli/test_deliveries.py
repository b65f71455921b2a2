"""`jira-reactor deliveries`, `runs` and `replay`."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.storage import actions, connections, deliveries, runs
from app.storage.database import Database
from app.storage.runs import NewRun
from tests.cli.conftest import Shell

BODY = b'{"webhookEvent": "comment_created"}'


@pytest.fixture
def db(shell: Shell) -> Iterator[Database]:
    """The installation's database with a handled delivery (1), an ignored one (2) and one that waits (3)."""
    shell.connect("--name", "ours")
    db = shell.database()
    [connection] = connections.every(db)
    for number in (1, 2, 3):
        deliveries.keep(
            db,
            connection_id=connection.id,
            key=f"id:{number}",
            headers='{"user-agent": "Jira"}',
            body=BODY,
            event="comment_created",
        )
    made = NewRun("000000000001-00-mention.answer", 1, connection.id, "10", "OPS-1", "OPS", "mention.answer", None, 0)
    deliveries.decide(db, 1, "handled", "mention.answer matched.", [partial(runs.insert, runs=[made])])
    deliveries.decide(db, 2, "ignored", "Mallory\x1b[31m is a customer.\nReally.", [])
    runs.begin(db, made.id, made.id)
    actions.begin(db, marker="m", run=made.id, connection_id=connection.id, issue="10", kind="comment")
    actions.end(db, "m", "4711")
    yield db
    db.close()


def test_the_newest_deliveries_are_listed_first_with_their_decisions(shell: Shell, db: Database) -> None:
    third, second, first = shell.ok("deliveries").splitlines()
    assert third.split()[0] == "3"
    assert third.split()[-2:] == ["comment_created", "waiting"]
    assert first.endswith("comment_created        handled    mention.answer matched.")
    assert "ignored" in second


def test_a_strangers_text_neither_steers_the_terminal_nor_breaks_the_list(shell: Shell, db: Database) -> None:
    [line] = shell.ok("deliveries", "--decision", "ignored").splitlines()
    assert line.endswith("Mallory\ufffd[31m is a customer. Really.")


def test_deliveries_are_filtered_and_limited(shell: Shell, db: Database) -> None:
    assert len(shell.ok("deliveries", "--limit", "2").splitlines()) == 2
    [row] = [json.loads(line) for line in shell.ok("deliveries", "--json", "--decision", "handled").splitlines()]
    assert (row["seq"], row["decision"], row["headers"]) == (1, "handled", {"user-agent": "Jira"})
    assert "body" not in row


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_one_delivery_is_shown_with_its_body_and_its_runs(shell: Shell, db: Database, form: tuple[str, ...]) -> None:
    told = json.loads(shell.ok("deliveries", "1", *form))
    assert told["body"] == BODY.decode()
    assert told["runs"] == ["000000000001-00-mention.answer"]
    assert told["reason"] == "mention.answer matched."


def test_a_delivery_or_run_that_is_not_there_is_an_error(shell: Shell, db: Database) -> None:
    for words, said in ((("deliveries", "9"), "There is no delivery 9."), (("runs", "x"), "There is no run x.")):
        result = shell.run(*words)
        assert (result.exit_code, result.stderr) == (1, f"Error: {said}\n")


def test_runs_are_listed(shell: Shell, db: Database) -> None:
    assert shell.ok("runs").split() == ["000000000001-00-mention.answer", "OPS-1", "active"]
    assert shell.ok("runs", "--state", "failed") == ""
    [row] = [json.loads(line) for line in shell.ok("runs", "--json").splitlines()]
    assert (row["route"], row["state"]) == ("mention.answer", "active")


def test_a_run_is_shown_with_its_writes_and_its_traceback(shell: Shell, db: Database) -> None:
    name = "000000000001-00-mention.answer"
    runs.end(db, name, "failed", reason="The stove is cold.", traceback="Traceback:\n  oh")
    told = json.loads(shell.ok("runs", name, "--json"))
    assert (told["state"], told["reason"], told["traceback"]) == ("failed", "The stove is cold.", "Traceback:\n  oh")
    assert [(action["kind"], action["result"]) for action in told["actions"]] == [("comment", '"4711"')]
    text = shell.ok("runs", name)
    assert text.endswith("}\nTraceback:\n  oh\n")
    assert json.loads(text.partition("Traceback")[0])["reason"] == "The stove is cold."
    assert "The stove is cold." in shell.ok("runs")


def test_deliveries_and_files_are_replayed(shell: Shell, db: Database, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(BODY)
    assert shell.ok("replay", "1", str(file)) == (
        f"1 is kept again as delivery 4.\n{file} is kept again as delivery 5.\n"
    )
    copies = [deliveries.get(db, seq) for seq in (4, 5)]
    assert [(copy.body, copy.replay_of) for copy in copies if copy] == [(BODY, 1), (BODY, 0)]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        pytest.param("9", "There is no delivery 9.", id="a number"),
        pytest.param("nowhere.json", "nowhere.json is neither the number of a delivery nor a file.", id="no file"),
        pytest.param("{home}", "is neither the number of a delivery nor a file.", id="a folder"),
        pytest.param("{home}/text", "The file is not JSON.", id="no JSON"),
    ],
)
def test_what_cannot_be_replayed_says_so(shell: Shell, db: Database, what: str, said: str) -> None:
    (shell.home / "text").write_text("hello")
    result = shell.run("replay", what.format(home=shell.home))
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(deliveries.latest(db, 10)) == 3
