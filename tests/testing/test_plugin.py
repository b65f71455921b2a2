"""What an author's tests are offered: the very test of the design, run as its author would."""

import subprocess
import sys
from pathlib import Path

import pytest

HANDLER = '''"""When work starts on an OPS issue, let a droid read it and say what it would do first."""

from app.handler import Context, Router

router = Router()


@router.on("jira:issue_updated", project="OPS", field="status", to="In Progress")
def first_look(ctx: Context) -> None:
    """Ask the droid for a plan and leave it as a comment."""
    plan = ctx.droid.run("Read this issue and list your first three steps.", about=ctx.issue)
    ctx.jira.comment(plan.text)
'''
TEST = """def test_first_look_comments_the_plan(rehearse):
    said = rehearse("handlers/first_look.py", "issue_updated__status.json", droid="1. read 2. run 3. fix")
    assert said.comments == ["1. read 2. run 3. fix"]
"""
PAYLOAD = """{
  "webhookEvent": "jira:issue_updated",
  "user": {"accountId": "557058:ada", "displayName": "Ada", "accountType": "atlassian"},
  "issue": {"id": "1", "key": "OPS-1", "fields": {"summary": "Late", "status": {"name": "In Progress"}}},
  "changelog": {"id": "2", "items": [{"field": "status", "fromString": "To Do", "toString": "In Progress"}]}
}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for name, text in {
        "handlers/first_look.py": HANDLER,
        "tests/test_first_look.py": TEST,
        "tests/issue_updated__status.json": PAYLOAD,
        "pytest.ini": "[pytest]\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(folder: Path) -> str:
    """Run an author's tests with nothing set up but what is installed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120).stdout


def test_a_test_of_a_handler_passes_with_nothing_set_up(folder: Path) -> None:
    assert "1 passed" in run(folder)


def test_it_fails_where_the_handler_does_something_else(folder: Path) -> None:
    (folder / "handlers/first_look.py").write_text(HANDLER.replace("plan.text", '"Nothing."'))
    assert "assert ['Nothing.'] == ['1. read 2. run 3. fix']" in run(folder)


def test_a_file_that_is_not_there_is_named_with_where_it_was_looked_for(folder: Path) -> None:
    (folder / "tests/issue_updated__status.json").unlink()
    said = run(folder)
    assert f"There is no file issue_updated__status.json in {folder}/tests or {folder}." in said
