"""What the droid's program tells without a login, played by the stand-in."""

from pathlib import Path

import pytest

from app.droids.base import DroidMissing, DroidSilent
from app.droids.factory.preflight import Program, installed, unknown

TOOLS = {"read-cli": "Read", "grep_tool_cli": "Grep", "execute-cli": "Execute"}


@pytest.fixture
def program(stand_in: None) -> Program:
    return installed(("STAND_IN",))


def playing(scene: str, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv("STAND_IN", scene)
    return installed(("STAND_IN",))


def test_version_and_tools_are_told(program: Program) -> None:
    assert program.version() == "0.215.0"
    assert program.tools() == TOOLS
    assert program.symptoms() == []
    assert program.path.endswith("/stand_in/droid")


def test_of_each_host_only_the_first_failure_is_told(stand_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = playing("offline", monkeypatch).symptoms()
    assert [(symptom.about, symptom.said, symptom.cure, symptom.mild) for symptom in found] == [
        ("factory-api", "dns factory-api: getaddrinfo ENOTFOUND", "Mend dns.", False),
        ("factory-api-eu", "dns factory-api-eu: getaddrinfo ENOTFOUND", "Mend dns.", False),
        ("verify", "Auth verification: not logged in", "Run `droid`.", True),
    ]


@pytest.mark.parametrize("question", [Program.version, Program.tools, Program.symptoms])
def test_no_answer_is_an_error_that_names_the_command(
    stand_in: None, monkeypatch: pytest.MonkeyPatch, question: object
) -> None:
    speechless = playing("speechless", monkeypatch)
    with pytest.raises(DroidSilent, match=r"`droid .*` gave no answer that can be read. It ended with exit code 1"):
        question(speechless)  # type: ignore[operator]


def test_an_answer_that_is_no_json_is_quoted(stand_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DroidSilent, match="no JSON but: Segmentation fault"):
        playing("garbled", monkeypatch).tools()


@pytest.mark.parametrize("question", [Program.tools, Program.symptoms])
def test_an_answer_of_another_shape_is_an_error(
    stand_in: None, monkeypatch: pytest.MonkeyPatch, question: object
) -> None:
    changed = playing("changed", monkeypatch)
    with pytest.raises(DroidSilent, match="What it printed holds no list"):
        question(changed)  # type: ignore[operator]


def test_a_program_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DroidMissing):
        installed(())


def test_unknown_tools_are_named_with_the_nearest() -> None:
    assert unknown(["Read", "grep_tool_cli", "Grepp", "zzz"], TOOLS) == [("Grepp", "Grep"), ("zzz", "")]
