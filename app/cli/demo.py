"""`jira-reactor demo`: the whole way once, with a Jira that runs here."""

import json
import sys
import time
from typing import Any

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end instead of the steps.")
@click.option("--keep", is_flag=True, help="Leave everything running, and print the addresses, until Ctrl-C.")
def demo(as_json: bool, keep: bool) -> None:
    """Connect a simulated Jira, let things happen in it, and watch a droid react.

    Nothing is faked but the Jira: its webhooks arrive over HTTP with real signatures, and the droid's comment and
    status change are read back from it. Exits with 0 only if both are there.
    """
    from app.cli.stage import Stage

    began = time.monotonic()
    voice = Voice(began, silent=as_json)
    with Stage() as stage:
        voice.say("A Jira of its own runs", stage.jira_url)
        stage.start_reactor()
        voice.say("The receiver and a worker run", stage.reactor_url)
        told = play(stage, voice)
        told["seconds"] = round(time.monotonic() - began, 3)
        if as_json:
            click.echo(json.dumps(told))
        else:
            show(stage, told)
        if keep:
            stay(stage)
    sys.exit(0 if told["ok"] else 1)


def play(stage: Any, voice: "Voice") -> dict[str, Any]:
    """Play the demo's one act and return what came of it."""
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
    stage.mention_droid(key)
    voice.say("Ada comments", '"@Factory Droid what would you look at first?"')
    answered = stage.wait_for_comments(key, 1)
    voice.say("Factory Droid comments" if answered else "No answer came in time")
    stage.assign_to_droid(key)
    voice.say(f"Ada assigns {key}", "to Factory Droid")
    moved = stage.wait_for_comments(key, 2) and stage.wait_for_status(key, "In Review")
    voice.say("Factory Droid answers and moves it" if moved else "The issue did not move in time", stage.status(key))
    stage.settle()
    deliveries = stage.deliveries()
    for delivery in deliveries:
        voice.say(f"  {delivery['event']}", f"{delivery['decision']} after {delivery['milliseconds']} ms")
    return {
        "ok": answered and moved and stage.droid_moved(key),
        "connection": connection,
        "webhook": webhook,
        "deliveries": deliveries,
        "comments": stage.comments(key),
        "status": stage.status(key),
    }


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


def show(stage: Any, told: dict[str, Any]) -> None:
    """Print the issue as Jira shows it in the end."""
    click.echo(f"\n{click.style('DEMO-1', bold=True)}  The export button does nothing   [{told['status']}]")
    for comment in told["comments"]:
        click.echo(f"\n  {click.style(comment['author'], bold=True)}")
        for line in comment["text"].splitlines():
            click.echo(f"    {line}")
    verdict = "Both the comment and the status change stand in Jira." if told["ok"] else "Something is missing."
    click.echo(f"\n{verdict}  {told['seconds']:.1f} s")


def stay(stage: Any) -> None:
    """Keep everything running until interrupted."""
    click.echo(f"\nJira        {stage.jira_url}/browse/DEMO-1")
    click.echo(f"Receiver    {stage.reactor_url}/healthz")
    click.echo(f"Its files   {stage.home}   (JIRA_REACTOR_HOME={stage.home} jira-reactor deliveries)")
    try:
        click.echo("Ctrl-C ends all of it.")
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        click.echo()
