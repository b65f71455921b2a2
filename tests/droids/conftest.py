"""Small programs that play agents."""

import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from app.events.event import Issue

Agent = Callable[[str], tuple[str, ...]]


@pytest.fixture
def issue() -> Issue:
    return Issue(
        id="10001",
        key="OPS-7",
        project="OPS",
        summary="The printer is on fire",
        issue_type="Bug",
        status="In Progress",
        labels=("hot", "hardware"),
    )


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    """Write a program and give the command that runs it."""

    def write(source: str) -> tuple[str, ...]:
        path = tmp_path / "agent.py"
        path.write_text(textwrap.dedent(source))
        return (sys.executable, "-I", "-S", str(path))

    return write


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in for Factory's `droid` first on PATH, with a home of its own."""
    monkeypatch.setenv("PATH", f"{Path(__file__).parent / 'stand_in'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
