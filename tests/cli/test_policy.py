"""`jira-reactor projects policy`: which opt-in routes react where."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.storage import tables
from tests.cli.conftest import Shell

HANDLER = '''"""Opt in."""

from app.handler import Context, Router

router = Router()


@router.on("jira:issue_created", opt_in=True)
def look(ctx: Context) -> None:
    """Look at a new issue."""


@router.on("jira:issue_created")
def always(ctx: Context) -> None:
    """Look at each."""
'''


@pytest.fixture(name="turning")
def _turning(shell: Shell) -> Shell:
    folder = shell.home / "handlers"
    folder.mkdir()
    (folder / "news.py").write_text(HANDLER)
    shell.environ["JIRA_REACTOR_HANDLERS"] = str(folder)
    shell.connect("--name", "ours")
    shell.ok("projects", "authorize", "OPS", "WEB")
    return shell


def test_an_opt_in_route_is_turned_on_and_off_for_one_project(turning: Shell) -> None:
    assert turning.ok("projects", "policy", "OPS", "--turn-on", "news.look") == "news.look is turned on for OPS.\n"
    again = turning.ok("projects", "policy", "OPS", "--turn-on", "news.look")
    assert again == "news.look was turned on for OPS already.\n"
    assert turning.ok("projects", "policy", "OPS", "--no-sweep") == "OPS is not swept any more.\n"
    assert turning.ok("projects", "list") == "OPS  (not swept, news.look is on)\nWEB\n"
    told = json.loads(turning.ok("projects", "list", "--json"))
    assert told[0] == {"key": "OPS", "sweep": False, "turned_on": ["news.look"]}
    assert turning.ok("projects", "policy", "OPS", "--turn-off", "news.look") == "news.look is turned off for OPS.\n"
    assert turning.ok("projects", "list") == "OPS  (not swept)\nWEB\n"
    assert audited(turning) == ["turned news.look on for OPS on ours", "turned news.look off for OPS on ours"]


def audited(shell: Shell) -> list[str]:
    db = shell.database()
    try:
        with db.reading() as tx:
            told = tx.scalars(sa.select(tables.audit.c.what).order_by(tables.audit.c.id))
            return [what for what in told if what.startswith("turned")]
    finally:
        db.close()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(("OPS", "--turn-on", "news.loko"), "Did you mean news.look?", id="typo"),
        pytest.param(("OPS", "--turn-on", "news.always"), "reacts in every authorized project already", id="no opt-in"),
        pytest.param(("OPS", "--turn-off", "news.gone"), "There is no route news.gone.", id="never there"),
        pytest.param(("NEW", "--turn-on", "news.look"), "NEW is not authorized on ours.", id="not authorized"),
        pytest.param(("OPS",), "Say what to decide", id="nothing"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    turning: Shell, words: tuple[str, ...], reason: str
) -> None:
    refused = turning.run("projects", "policy", *words)
    assert refused.exit_code != 0
    assert reason in refused.stderr
    assert turning.ok("projects", "list") == "OPS\nWEB\n"


def test_a_route_whose_file_is_gone_can_be_turned_off(turning: Shell) -> None:
    turning.ok("projects", "policy", "OPS", "--turn-on", "news.look")
    (Path(turning.environ["JIRA_REACTOR_HANDLERS"]) / "news.py").unlink()
    assert turning.ok("projects", "policy", "OPS", "--turn-off", "news.look") == "news.look is turned off for OPS.\n"


def test_handlers_and_explain_tell_where_it_reacts(turning: Shell) -> None:
    assert "  on jira:issue_created, only where turned on\n" in turning.ok("handlers")
    payload = turning.home / "created.json"
    issue = {"id": "1", "key": "OPS-1", "fields": {"summary": "Late"}}
    payload.write_text(json.dumps({"webhookEvent": "jira:issue_created", "issue": issue}))
    off = turning.ok("explain", str(payload))
    assert "is not turned on for OPS; `jira-reactor projects policy OPS --turn-on news.look`" in off
    assert "✓ news.look" in turning.ok("explain", str(payload), "--turn-on", "news.look")
    refused = turning.run("explain", str(payload), "--turn-on", "news.lok")
    assert (refused.exit_code, "Did you mean news.look?" in refused.stderr) == (1, True)
