"""What happens in the demo: an answer and a status change first, a conversation after that."""

import time
from typing import Any

import click

from app.cli.demo.stage import REHEARSED, Stage


class Voice:
    """Tells each step as it happens, with the seconds since the beginning."""

    def __init__(self, began: float, *, silent: bool) -> None:
        self._began = began
        self._silent = silent

    def say(self, what: str, more: str = "") -> None:
        """Tell one step."""
        if not self._silent:
            seconds = click.style(f"{time.monotonic() - self._began:6.2f} s", dim=True)
            click.echo(f"{seconds}  {what:<34} {click.style(more, fg='cyan')}".rstrip())


def first(stage: Stage, voice: Voice) -> dict[str, Any]:
    """Connect, let Ada ask and assign, and return what came of it."""
    connection = stage.connect()
    voice.say("Connected with an API token", f"as {connection['account']}")
    stage.authorize()
    voice.say("Project DEMO is authorized")
    webhook = stage.register()
    voice.say("The webhook is registered", webhook["jql"])
    key = stage.create_issue("The export button does nothing")
    voice.say(f"Ada creates {key}", '"The export button does nothing"')
    stage.move(key, "In Progress")
    voice.say(f"Ada moves {key}", "to In Progress")
    stage.mention_droid(key, "what would you look at first?")
    voice.say("Ada comments", '"@Factory Droid what would you look at first?"')
    answered = stage.wait_for_comments(key, 1)
    voice.say("Factory Droid comments" if answered else "No answer came in time")
    stage.assign_to_droid(key)
    voice.say(f"Ada assigns {key}", "to Factory Droid")
    moved = stage.wait_for_comments(key, 2) and stage.wait_for_status(key, "In Review")
    voice.say(
        "Factory Droid answers and moves it" if moved else "The issue did not move in time", stage.view.status(key)
    )
    stage.settle()
    return {
        "ok": answered and moved and stage.view.droid_moved(key),
        "connection": connection,
        "webhook": webhook,
        "comments": stage.view.comments(key),
        "status": stage.view.status(key),
    }


def second(stage: Stage, voice: Voice) -> dict[str, Any]:
    """Let another droid ask, be answered and be stopped, and return what came of it."""
    key = stage.create_issue("The export is slow")
    stage.label(key, f"droid:{REHEARSED}")
    voice.say(f"Ada labels {key}", f"droid:{REHEARSED}")
    asked = stage.wait_for_saying(key, "I need an answer to go on")
    voice.say("Factory Droid asks" if asked else "No question came in time", stage.view.question(key))
    stage.comment(key, "CSV")
    voice.say("Ada answers", '"CSV"')
    works = stage.wait_for_saying(key, "Working")
    voice.say("Factory Droid goes on" if works else "It did not go on in time", stage.view.says(key, "Working"))
    stage.mention_droid(key, "stop")
    voice.say("Ada comments", '"@Factory Droid stop"')
    stopped = stage.wait_for_saying(key, "Stopped: work") and stage.wait_for_saying(key, "Stopped after")
    voice.say("Factory Droid stops" if stopped else "It did not stop in time", stage.view.says(key, "Stopped after"))
    stage.settle()
    return {"ok": asked and works and stopped, "comments": stage.view.comments(key), "status": stage.view.status(key)}
