"""`jira-reactor explain`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main

HANDLER = """from app.routing import Router

router = Router()


@router.on("jira:issue_updated", field="status", to="In Progress")
def start(ctx): ...


@router.on("comment_created", mention=True)
def answer(ctx): ...


@router.on("jira:issue_updated", assigned_to_droid=True)
def work(ctx): ...
"""
KEYS = ["file", "event", "actor", "project", "issue", "changes", "mentions", "decision", "reason", "routes"]
UNKNOWN = "which account is the droid is unknown without a connection (name it with --account)"
ADA = {"accountId": "5b10ada", "displayName": "Ada Lovelace", "accountType": "atlassian", "active": True}
FIELDS = {
    "summary": "Disk full",
    "project": {"id": "1", "key": "OPS", "name": "Operations"},
    "issuetype": {"id": "1", "name": "Bug"},
    "status": {"id": "3", "name": "In Progress", "statusCategory": {"id": 4, "key": "indeterminate"}},
}
ISSUE = {"id": "10001", "key": "OPS-12", "self": "https://x.example/rest/api/2/10001", "fields": FIELDS}


def updated(field: str = "status", to: str = "In Progress", name: str = "Ada Lovelace", to_id: str = "3") -> Any:
    change = {"field": field, "fieldId": field, "from": "1", "fromString": "To Do", "to": to_id, "toString": to}
    return {
        "webhookEvent": "jira:issue_updated",
        "timestamp": 1700000000000,
        "user": ADA | {"displayName": name},
        "issue": ISSUE,
        "changelog": {"id": "9", "items": [change]},
    }


def commented(body: str) -> Any:
    comment = {"id": "7", "self": "https://x.example/rest/api/2/issue/10001/comment/7", "body": body, "author": ADA}
    return {"webhookEvent": "comment_created", "timestamp": 1700000000000, "comment": comment, "issue": ISSUE}


@pytest.fixture(name="explained")
def _explained(tmp_path: Path) -> Callable[..., Result]:
    """Explain payloads, given as values or as bytes, that lie in files named 0.json, 1.json..."""
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "tried.py").write_text(HANDLER)

    def run(*payloads: Any, options: tuple[str, ...] = (), **more: Any) -> Result:
        files = [tmp_path / f"{number}.json" for number in range(len(payloads))]
        for file, payload in zip(files, payloads, strict=True):
            file.write_bytes(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
        arguments = ["explain", *map(str, files), "--handlers", str(tmp_path / "handlers"), *options]
        return CliRunner().invoke(main, arguments, **more)

    return run


def test_json_is_one_object_per_line_with_exactly_these_keys(explained: Callable[..., Result], tmp_path: Path) -> None:
    result = explained(updated(), b"{", options=("--json",))
    first, second = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert list(first) == list(second) == KEYS
    assert first == {
        "file": str(tmp_path / "0.json"),
        "event": "jira:issue_updated",
        "actor": {"id": "5b10ada", "name": "Ada Lovelace"},
        "project": "OPS",
        "issue": "OPS-12",
        "changes": [{"field": "status", "from": "To Do", "to": "In Progress"}],
        "mentions": [],
        "decision": "handled",
        "reason": "tried.start matched.",
        "routes": [
            {"route": "tried.start", "matched": True, "failed": ""},
            {"route": "tried.answer", "matched": False, "failed": "listens to comment_created"},
            {
                "route": "tried.work",
                "matched": False,
                "failed": "needs the issue assigned to the droid; this event tells no assignment",
            },
        ],
    }
    assert second | {"reason": ""} == {
        "file": str(tmp_path / "1.json"),
        "event": None,
        "actor": None,
        "project": None,
        "issue": None,
        "changes": [],
        "mentions": [],
        "decision": "malformed",
        "reason": "",
        "routes": [],
    }


def test_people_read_what_happened_and_what_each_route_says(explained: Callable[..., Result], tmp_path: Path) -> None:
    result = explained(updated())
    assert result.stdout == (
        f"{tmp_path}/0.json\n"
        "  jira:issue_updated by Ada Lovelace on OPS-12 in project OPS\n"
        "  status: To Do → In Progress\n"
        "  handled: tried.start matched.\n"
        "    ✓ tried.start\n"
        "    ✗ tried.answer listens to comment_created\n"
        "    ✗ tried.work needs the issue assigned to the droid; this event tells no assignment\n"
        "\n"
    )


def test_an_unmatched_event_comes_with_a_handler_to_paste(explained: Callable[..., Result], tmp_path: Path) -> None:
    text = explained(updated(to="Done")).stdout
    _, separator, pasted = text.partition("put this into a file in a handlers folder:\n\n")
    assert separator
    (tmp_path / "handlers" / "pasted.py").write_text(pasted)
    assert "handled: pasted.issue_updated matched." in explained(updated(to="Done")).stdout


def test_several_files_end_with_a_count(explained: Callable[..., Result]) -> None:
    text = explained(updated(), updated(to="Done"), updated(), b"[]").stdout
    assert text.endswith("\n4 files: 2 handled, 1 unmatched, 1 malformed\n")


MALFORMED = [
    pytest.param(b"", "The body is not JSON: ", id="empty"),
    pytest.param(b"\xff\xfe\xfa", "The body is not JSON: ", id="no text"),
    pytest.param(b"[" * 100_000, "The body is not JSON: ", id="nested without end"),
    pytest.param(b"9" * 5000, "The body is not JSON: ", id="number without end"),
    pytest.param(b"[]", "", id="a list"),
    pytest.param(b"null", "", id="nothing"),
]


@pytest.mark.parametrize(("body", "reason"), MALFORMED)
def test_a_malformed_body_is_an_answer(explained: Callable[..., Result], body: bytes, reason: str) -> None:
    result = explained(body, options=("--json",))
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["decision"]) == (0, "malformed")
    assert answer["reason"].startswith(reason)
    assert answer["reason"]


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_answered(
    explained: Callable[..., Result], tmp_path: Path
) -> None:
    for unreadable in ("nowhere.json", str(tmp_path), "nul\0.json"):
        result = explained(updated(), options=("--json", unreadable))
        assert result.exit_code == 2
        assert f"{unreadable} cannot be read: " in result.stderr
        assert json.loads(result.stdout)["decision"] == "handled"


def test_a_dash_reads_standard_input(explained: Callable[..., Result]) -> None:
    answer = json.loads(explained(options=("-", "--json"), input=json.dumps(updated())).stdout)
    assert (answer["file"], answer["decision"]) == ("-", "handled")


def test_every_project_counts_as_authorized_until_one_is_named(explained: Callable[..., Result]) -> None:
    for options, decision in [((), "handled"), (("--project", "OPS"), "handled"), (("--project", "WEB"), "refused")]:
        answer = json.loads(explained(updated(), options=("--json", *options)).stdout)
        assert answer["decision"] == decision
    assert "jira-reactor projects authorize OPS" in answer["reason"]


def test_who_the_droid_is_must_be_named_for_mentions_and_assignments(explained: Callable[..., Result]) -> None:
    payloads = commented("[~accountid:5f:dr-oid] hello"), updated("assignee", "Droid", to_id="5f:dr-oid")
    unnamed = [json.loads(line) for line in explained(*payloads, options=("--json",)).stdout.splitlines()]
    assert [answer["decision"] for answer in unnamed] == ["unmatched", "unmatched"]
    assert all(any(UNKNOWN in route["failed"] for route in answer["routes"]) for answer in unnamed)
    result = explained(*payloads, options=("--json", "--account", "5f:dr-oid"))
    named = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["reason"] for answer in named] == ["tried.answer matched.", "tried.work matched."]
    assert named[0]["mentions"] == ["5f:dr-oid"]
    assert "  mentions 5f:dr-oid\n" in explained(*payloads).stdout


def test_a_comment_without_its_issue_says_where_it_is_told_again(explained: Callable[..., Result]) -> None:
    payload = commented("hi")
    del payload["issue"]
    answer = json.loads(explained(payload, options=("--json",)).stdout)
    assert (answer["issue"], answer["project"], answer["decision"]) == (None, None, "unmatched")
    assert "Data Center tells the same comment in jira:issue_updated" in answer["reason"]


def test_what_the_named_account_does_is_ignored(explained: Callable[..., Result]) -> None:
    result = explained(updated(), options=("--json", "--account", "5b10ada"))
    assert json.loads(result.stdout)["decision"] == "ignored"


def test_a_payload_cannot_steer_the_terminal(explained: Callable[..., Result]) -> None:
    text = explained(updated(to="\x1b[31m" + "long " * 40 + "\ud800", name="Ada\x1b]0;\x07")).stdout
    assert "\x1b" not in text
    assert "by Ada\ufffd]0;\ufffd on" in text
    assert "status: To Do → \ufffd[31mlong" in text


def test_a_broken_handler_file_ends_with_the_cure(explained: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "handlers" / "broken.py").write_text("import reqests\n")
    result = explained(updated())
    assert result.exit_code == 1
    assert "broken.py:1: ModuleNotFoundError: No module named 'reqests'" in result.stderr


def test_it_starts_without_the_heavy_libraries() -> None:
    script = (
        "import sys, app.cli.explain\nprint(sorted({'flask', 'sqlalchemy', 'dbos', 'requests'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert found == "[]\n"


def test_every_payload_ever_captured_gets_an_answer() -> None:
    shared = Path(os.environ.get("JIRA_REACTOR_SHARED", "../shared")) / "payloads"
    files = sorted(map(str, shared.rglob("*.json")))
    if not files and "CI" not in os.environ:
        pytest.skip(f"no captured payloads in {shared} (JIRA_REACTOR_SHARED names the folder above)")
    result = CliRunner().invoke(main, ["explain", *files, "--json"], catch_exceptions=False)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [answer["file"] for answer in answers] == files
    assert files
    assert all(answer["reason"] for answer in answers)
    assert {answer["decision"] for answer in answers} <= {
        "handled",
        "unmatched",
        "unknown",
        "malformed",
        "refused",
        "ignored",
    }
