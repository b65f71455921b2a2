from pathlib import Path

import pytest

from app.droids.factory.steps import step


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("Read", {"file_path": "/srv/droid/app/x.py"}, "Reading app/x.py"),
        ("Read", {"file_path": "/srv/droidery/x.py"}, "Reading /srv/droidery/x.py"),
        ("Execute", {"command": "pytest\n  -q"}, "Running pytest -q"),
        ("Glob", {"patterns": ["*.py", "*.md"]}, "Looking for *.py, *.md"),
        ("Grep", {"pattern": 7}, "Searching for"),
        ("TodoWrite", {"todos": []}, "Planning"),
        ("Unheard", {"of": "it"}, "Using Unheard"),
        ("jira___add_comment", {}, "Using add_comment of jira"),
        ("Execute", {"command": "x" * 500}, f"Running {'x' * 109}..."),
    ],
)
def test_a_step_is_one_short_line(tool: str, arguments: dict[str, object], line: str) -> None:
    assert step(tool, arguments, Path("/srv/droid")) == line
