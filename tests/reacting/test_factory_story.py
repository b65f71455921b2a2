"""Factory's droid at work in Jira, played by the stand-in: its answer and its troubles stand on the issue."""

import os
from pathlib import Path

import pytest

from app.droids.factory import FactoryDroid
from app.handler import Context, Router
from tests.reacting.conftest import World

STAND_IN = Path(__file__).parent.parent / "droids" / "stand_in"


@pytest.fixture(autouse=True)
def _factory(cloud: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{STAND_IN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cloud.worker_droid = FactoryDroid(cwd=tmp_path, grace=0.2)


def asking(prompt: str) -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def ask(ctx: Context) -> None:
        ctx.jira.comment(ctx.droid.run(prompt, about=ctx.issue).text)

    return router


def test_its_answer_is_a_comment(cloud: World) -> None:
    key = cloud.issue(description="It burns.")
    [run] = cloud.react(asking("[steps] Mend it."))
    assert (run.state, cloud.said(key)) == ("complete", ["Mended."])


def test_it_is_told_the_issue(cloud: World) -> None:
    key = cloud.issue(description="It burns.")
    cloud.react(asking("[answer] Say it back."))
    [said] = cloud.said(key)
    assert "It burns." in said


def test_its_trouble_is_told_on_the_issue_with_the_cure(cloud: World) -> None:
    key = cloud.issue()
    [run] = cloud.react(asking("[no login] Mend it."))
    assert run.state == "failed"
    [said] = cloud.said(key)
    assert "app.factory.ai/settings/api-keys" in said
