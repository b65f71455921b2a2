"""The factory droid with Factory's real program, as far as both go without an account."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.droids.base import Report, Turn
from app.droids.factory import FactoryDroid
from app.droids.factory.preflight import Program, installed
from app.events.event import Issue
from tests.droids.processes import alive, eventually
from tests.droids.real import program
from tests.droids.real.model import NAME, Model, model

ISSUE = Issue(id="1", key="OPS-7")
#: A command of the model's, and what the droid wants to know of each.
RISK = {"riskLevel": "low", "riskLevelReason": "It makes one file."}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a login, and the real program first on PATH."""
    monkeypatch.setenv("PATH", f"{program.installed()}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    return place


@pytest.fixture
def scripted(home: Path) -> Iterator[Model]:
    with model(home) as served:
        yield served


def run(place: Path, prompt: str, *, model: str = NAME, **more: Any) -> Report:
    droid = FactoryDroid(cwd=place, model=model, grace=0.5)
    return droid.run(prompt, about=ISSUE, **{"timeout": 60.0} | more)


def test_it_tells_version_tools_and_troubles_without_a_login(home: Path) -> None:
    found: Program = installed(())
    assert found.version()[0].isdigit()
    tools = found.tools()
    assert (tools["read-cli"], tools["execute-cli"]) == ("Read", "Execute")
    assert "verify" in {symptom.about for symptom in found.symptoms()}


def test_without_a_login_it_fails_with_the_cure(place: Path) -> None:
    report = run(place, "Help.", model="")
    assert (report.state, report.forgotten) == ("failed", False)
    assert "https://app.factory.ai/settings/api-keys" in report.reason


def test_an_unknown_session_is_forgotten(place: Path) -> None:
    report = run(place, "Help.", session="00000000-0000-4000-8000-000000000000")
    assert (report.state, report.forgotten) == ("failed", True)


def test_a_permission_is_asked_for_granted_and_used_in_the_next_turn(place: Path, scripted: Model) -> None:
    touch = ("Execute", {"command": "touch made", **RISK})
    scripted.script = [touch, touch, "Made."]
    steps: list[str] = []
    asked = run(place, "Make it.", turn=Turn(tell=lambda step, session: steps.append(step)))
    assert asked.state == "awaiting input"
    assert "To run this command:\n\n```\ntouch made\n```" in asked.question
    assert "Running touch made" in steps
    assert not (place / "made").exists()
    report = run(place, "They say yes.", session=asked.session, turn=Turn(question=asked.question, answer="Yes."))
    assert (report.state, report.text, report.session) == ("complete", "Made.", asked.session), report.reason
    assert report.usage["input_tokens"] > 0
    assert (place / "made").exists()


def test_a_question_is_asked_and_its_answer_reaches_the_model(place: Path, scripted: Model) -> None:
    ask = (
        "AskUser",
        {"questionnaire": "1. [question] Which printer?\n[topic] Printer\n[option] Left\n[option] Right\n"},
    )
    scripted.script = [ask, "Left it is."]
    asked = run(place, "Print.")
    assert (asked.state, asked.question) == ("awaiting input", "Which printer?\n\n- Left\n- Right")
    report = run(place, "The left one.", session=asked.session, turn=Turn(question=asked.question, answer="Left."))
    assert (report.state, report.text) == ("complete", "Left it is.")
    assert "The left one." in str(scripted.asked[-1][-1]["content"])


def test_it_stops_with_the_command_it_runs(place: Path, scripted: Model) -> None:
    scripted.script = [("Execute", {"command": "echo $$ > pid; exec sleep 60", **RISK}), "Slept."]
    file = place / "pid"
    report = run(place, "Sleep.", autonomy="high", turn=Turn(stop=lambda: file.exists() and bool(file.read_text())))
    assert (report.state, report.reason) == ("stopped", "It was told to stop.")
    assert eventually(lambda: not alive(int(file.read_text())))
