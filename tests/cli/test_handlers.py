"""`jira-reactor handlers`."""

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli import main

HANDLER = '''from app.routing import Router

router = Router()


@router.on("comment_created", project="OPS", mention=True)
def answer(ctx):
    """Answer whoever asks.

    At length.
    """


@router.on("jira:issue_created")
def triage(ctx): ...
'''


def test_routes_are_listed_with_their_conditions_in_words(tmp_path: Path) -> None:
    (tmp_path / "mention.py").write_text(HANDLER)
    result = CliRunner().invoke(main, ["handlers", "--handlers", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (
        0,
        "mention.answer\n"
        "  Answer whoever asks.\n"
        "  on comment_created, if the project is OPS and the comment mentions the droid\n"
        f"  {tmp_path.resolve()}/mention.py:6\n"
        "\n"
        "mention.triage\n"
        "  on jira:issue_created\n"
        f"  {tmp_path.resolve()}/mention.py:14\n"
        "\n",
    )


def test_json_is_one_object_per_line(tmp_path: Path) -> None:
    (tmp_path / "mention.py").write_text(HANDLER)
    result = CliRunner().invoke(main, ["handlers", "--json", "--handlers", str(tmp_path)])
    first, second = map(json.loads, result.stdout.splitlines())
    assert first == {
        "route": "mention.answer",
        "events": ["comment_created"],
        "conditions": ["the project is OPS", "the comment mentions the droid"],
        "file": str(tmp_path.resolve() / "mention.py"),
        "line": 6,
        "doc": "Answer whoever asks.\n\nAt length.",
        "opt_in": False,
    }
    assert second["route"] == "mention.triage"


def test_a_folder_without_handlers_is_no_error(tmp_path: Path) -> None:
    plain = CliRunner().invoke(main, ["handlers", "--handlers", str(tmp_path)])
    lines = CliRunner().invoke(main, ["handlers", "--handlers", str(tmp_path), "--json"])
    assert (plain.exit_code, plain.stdout) == (0, "There are no handlers yet.\n")
    assert (lines.exit_code, lines.stdout) == (0, "")


def test_a_broken_handler_file_ends_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(HANDLER.replace("mention=True", "mentoin=True"))
    result = CliRunner().invoke(main, ["handlers", "--handlers", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{tmp_path.resolve()}/broken.py:6: There is no condition mentoin.\n  Did you mean mention?" in result.stderr


def test_without_a_folder_those_of_the_settings_are_listed(tmp_path: Path) -> None:
    (tmp_path / "of_the_settings.py").write_text(HANDLER)
    result = CliRunner().invoke(main, ["handlers", "--json"], env={"JIRA_REACTOR_HANDLERS": str(tmp_path)})
    assert "of_the_settings.answer" in {json.loads(line)["route"] for line in result.stdout.splitlines()}


def test_a_wrong_setting_ends_with_its_name(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["handlers"], env={"JIRA_REACTOR_HANDLERS": str(tmp_path / "nowhere")})
    assert result.exit_code == 1
    assert "JIRA_REACTOR_HANDLERS" in result.stderr


def test_a_prompt_that_cannot_be_used_ends_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "mention.py").write_text(HANDLER)
    (tmp_path / "prompts" / "OPS").mkdir(parents=True)
    (tmp_path / "prompts" / "OPS" / "answer.md.j2").write_text("Answer.\n{{ issue.key }")
    result = CliRunner().invoke(main, ["handlers", "--handlers", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{tmp_path.resolve()}/prompts/OPS/answer.md.j2:2: " in result.stderr
