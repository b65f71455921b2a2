"""Factory's droid at work in Jira, played by the stand-in: it answers, asks, waits for its permission, and fails."""

import os
from pathlib import Path

import pytest

from app.droids.factory import FactoryDroid
from app.handler import Context, Router
from tests.reacting.conftest import World
from tests.reacting.talking import ask

STAND_IN = Path(__file__).parent.parent / "droids" / "stand_in"


@pytest.fixture(autouse=True)
def place(here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the factory droid work in a folder of its own."""
    monkeypatch.setenv("PATH", f"{STAND_IN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    here.worker_droid = FactoryDroid(cwd=tmp_path, grace=0.2)
    return tmp_path


def asking(prompt: str) -> Router:
    router = Router()

    @router.on("comment_created", mention=True)
    def answer(ctx: Context) -> None:
        ctx.jira.answer(ctx.droid.run(prompt, about=ctx.issue).text)

    return router


def test_it_is_told_the_issue_and_its_answer_is_a_comment(here: World) -> None:
    key = here.issue(description="It burns.")
    ask(here, key)
    [run] = here.react(asking("[answer] Say it back."))
    assert run.state == "complete"
    assert run.usage["0.1"]["factory_credits"] == 1.5
    [said] = here.said(key)
    assert "It burns." in said


def test_what_it_may_not_do_it_asks_for_and_does_once_somebody_said_yes(here: World, place: Path) -> None:
    key = here.issue()
    ask(here, key)
    router = asking("[permission] Install what is missing.")
    [run] = here.react(router)
    assert run.state == "awaiting input"
    assert "npm install left-pad" in here.said(key)[-1]
    ask(here, key, "Yes, go on.")
    run = here.react(router)[0]
    assert (run.state, run.turn) == ("complete", 1)
    assert "Installed." in here.said(key)[-1]
    assert (place / "answers").read_text().split() == ["cancel", "proceed_once"]


def test_what_it_is_refused_it_does_not_do(here: World, place: Path) -> None:
    key = here.issue()
    ask(here, key)
    router = asking("[permission] Install what is missing.")
    here.react(router)
    ask(here, key, "No!")
    run = here.react(router)[0]
    assert run.state == "failed"
    assert "It was refused this" in run.reason
    assert (place / "answers").read_text().split() == ["cancel", "cancel"]


def test_its_trouble_is_told_on_the_issue_with_the_cure(here: World) -> None:
    key = here.issue()
    ask(here, key)
    [run] = here.react(asking("[no login] Mend it."))
    assert run.state == "failed"
    assert "app.factory.ai/settings/api-keys" in here.said(key)[-1]
