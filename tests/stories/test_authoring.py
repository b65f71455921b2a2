"""Somebody writes a handler of their own, with its prompt and its test, and it reacts as it was rehearsed."""

import subprocess
import sys
from pathlib import Path

from tests.reacting.waiting import eventually
from tests.stories.house import House

FILES = {
    "handlers/welcome.py": '''"""A new issue is welcomed by the droid."""

from app.handler import Context, Router

router = Router()


@router.on("jira:issue_created", project="OPS")
def welcome(ctx: Context) -> None:
    """Let the droid say hello."""
    ctx.jira.answer(ctx.droid.run(ctx.prompt("welcome"), about=ctx.issue).text)
''',
    "handlers/prompts/welcome.md.j2": "Welcome whoever wrote {{ issue.key }}.\n",
    "tests/test_welcome.py": """from app.testing import issue_created


def test_a_new_issue_is_welcomed(rehearse):
    said = rehearse("handlers/welcome.py", issue_created(), droid="Hello!")
    assert [comment.endswith("Hello!") for comment in said.comments] == [True]
    assert said.prompts[0].startswith("Welcome whoever wrote")
""",
    "pytest.ini": "[pytest]\n",
}


def test_what_was_rehearsed_happens_in_jira(house: House, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    for name, text in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    rehearsed = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert "1 passed" in rehearsed.stdout, rehearsed.stdout + rehearsed.stderr

    house.set("HANDLERS", str(place / "handlers"))
    house.set_up_at_once()
    with house.served():
        key = house.issue()
        eventually(lambda: house.said(key))
        house.done()
    [said] = [text for text in house.said(key) if not text.startswith("**")]
    assert said.startswith(f"[~accountid:{house.ada.id}] I am the echo droid.")
    assert "> Welcome whoever wrote" in said
