"""What tests of conversations share: a droid that says what a test wants, and handlers that ask it."""

import threading
from typing import Any

from app.droids.base import Report, Turn
from app.events.event import Issue
from app.handler import Context, Router
from tests.reacting.conftest import World


class Talker:
    """A droid that says one thing after the other, or raises it, and remembers what it was asked."""

    def __init__(self, *reports: Report | Exception) -> None:
        self.reports = list(reports)
        self.asked: list[dict[str, Any]] = []
        self.cancelled: list[str] = []

    def run(self, prompt: str, *, about: Issue, session: str | None = None, turn: Turn, **more: Any) -> Report:
        self.asked.append({"prompt": prompt, "session": session, "turn": turn, **more})
        said = self.reports.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def cancel(self, key: str) -> None:
        self.cancelled.append(key)


class Patient:
    """A droid that works until a test lets it end or somebody stops it."""

    def __init__(self) -> None:
        self.begun, self.leave = threading.Event(), threading.Event()

    def run(self, prompt: str, *, turn: Turn, **_: Any) -> Report:
        self.begun.set()
        while not self.leave.wait(0.05):
            if turn.stop():
                return Report("", "stopped", reason="It was told to stop.")
        return Report("done")


def answering(**conditions: Any) -> Router:
    """Make a handler that does one thing before it asks the droid and one after."""
    router = Router()

    @router.on("comment_created", mention=True, **conditions)
    def answer(ctx: Context) -> None:
        ctx.jira.label("asked")
        report = ctx.droid.run("Answer.", about=ctx.issue)
        ctx.jira.answer(report.text)

    return router


def ask(world: World, key: str, text: str = "what now?", **more: Any) -> Any:
    """Let Ada mention the droid."""
    return world.site.add_comment(key, f"{world.mention()} {text}", by=world.ada, **more)
