"""`jira-reactor try`: one route on one issue, written down or for real."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.storage import deliveries, projects, runs
from tests.handlers.shipped import shipped
from tests.reacting.conftest import World


def typed(world: World, *words: str, **environ: str) -> Result:
    """Type a command that has to do with this world's installation."""
    env = {"JIRA_REACTOR_HOME": str(world.home), "JIRA_REACTOR_DATABASE_URL": world.db.url}
    return CliRunner().invoke(main, ["try", *words], env=env | environ, catch_exceptions=False)


def told(world: World, *words: str, **environ: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(typed(world, *words, "--json", **environ).stdout)
    return read


def untouched(world: World, key: str) -> bool:
    issue = world.site.issues[key]
    return not issue.comments and issue.status.name == "To Do" and not deliveries.undecided(world.db, 1)


def test_a_dry_run_prints_what_would_be_written_and_writes_nothing(here: World) -> None:
    key = here.issue()
    here.site.assign(key, here.droid, by=here.ada)
    here.site.set_labels(key, "later", by=here.ada)
    here.react()
    result = typed(here, "assignment.work", key, "--dry-run")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second, *_ = result.stdout.splitlines()
    assert (first, second) == (f"1. transition on {key}: To Do → In Progress", f"2. comment on {key}:")
    assert "> Do what this issue asks for." in result.stdout
    assert f"3. transition on {key}: In Progress → In Review\nThe rehearsal is complete.\n" in result.stdout
    assert untouched(here, key)


def test_what_never_happened_is_made_up_and_that_is_said(here: World) -> None:
    key = here.issue()
    here.react()
    for route in ("assignment.work", "label.work", "status.implement"):
        result = typed(here, route, key, "--dry-run")
        assert f"By itself it would not run: {route} finds nothing in the history of {key} that fits" in result.stderr
        assert f"1. transition on {key}: To Do → In Progress" in result.stdout
    assert untouched(here, key)


def test_the_newest_comment_of_a_person_is_answered(here: World) -> None:
    key = here.issue()
    here.site.add_comment(key, f"{here.mention()} what is this?", by=here.ada)
    here.site.add_comment(key, f"{here.mention()} plan", by=here.ada)
    here.site.add_comment(key, "I am at it", by=here.droid)
    here.settle()
    [write] = told(here, "mention.answer", key, "--dry-run")["writes"]
    assert "> Write a plan" in write["told"]


def test_a_condition_that_does_not_hold_is_named_and_tried_all_the_same(here: World) -> None:
    key = here.issue()
    here.site.add_comment(key, "what is this?", by=here.ada)
    here.settle()
    said = told(here, "mention.answer", key, "--dry-run")
    assert said["doubt"] == "needs a mention of the droid"
    assert [write["kind"] for write in said["writes"]] == ["comment"]


def test_an_opt_in_route_can_be_tried_before_it_is_turned_on(here: World) -> None:
    key = here.issue()
    off = told(here, "triage.triage", key, "--dry-run")
    projects.turn(here.db, here.connection.id, "OPS", "triage.triage", on=True)
    on = told(here, "triage.triage", key, "--dry-run")
    assert off["doubt"].startswith("is not turned on for OPS")
    assert (on["doubt"], [write["kind"] for write in on["writes"]]) == ("", ["comment"])


def test_a_run_is_kept_for_the_worker_and_its_end_is_told(here: World) -> None:
    key = here.issue()
    with here.working(shipped()):
        here.done()
        result = typed(here, "label.work", key)
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("-00-label.work is complete.\n")
    [run] = here.runs()
    assert (run.state, run.acknowledge, run.trigger) == ("complete", True, "label:droid")
    assert here.delivery(run.delivery).decision == "handled"
    assert here.site.issues[key].status.name == "In Review"
    assert len(here.said(key)) == 1


def test_without_a_worker_nobody_waits(here: World) -> None:
    key = here.issue()
    result = typed(here, "label.work", key)
    assert "No worker is alive" in result.stderr
    assert result.stdout.endswith("label.work is pending.\n")
    assert [run.state for run in runs.latest(here.db, 5)] == ["pending"]
    assert "No worker" not in typed(here, "label.work", key, "--no-wait").output


REFUSED = [
    pytest.param(("label.wrok", "OPS-1"), "Did you mean label.work?", id="typo"),
    pytest.param(("label.work", "OPS-404"), "Jira answered 404", id="no issue"),
    pytest.param(("label.work", "SECRET-1"), "`jira-reactor projects authorize SECRET`", id="not authorized"),
    pytest.param(("mention.answer", "OPS-1"), "Comment on OPS-1 as a person", id="nothing to answer"),
]


@pytest.mark.parametrize(("words", "reason"), REFUSED)
def test_what_cannot_be_tried_says_why(here: World, words: tuple[str, ...], reason: str) -> None:
    for project in ("OPS", "SECRET"):
        here.issue(project)
    result = typed(here, *words, "--dry-run")
    assert result.exit_code == 1
    assert reason in result.stderr


def test_a_handler_that_fails_is_told_with_its_reason(here: World, tmp_path: Path) -> None:
    handler = '@router.on("jira:issue_created")\ndef silent(ctx: Context) -> None:\n    ctx.jira.comment(" ")\n'
    head = "from app.handler import Context, Router\n\nrouter = Router()\n\n\n"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mute.py").write_text(head + handler)
    here.issue()
    result = typed(here, "mute.silent", "OPS-1", "--dry-run", JIRA_REACTOR_HANDLERS=str(tmp_path / "folder"))
    assert result.exit_code == 1
    assert "The rehearsal is failed. The comment is empty." in result.stdout
