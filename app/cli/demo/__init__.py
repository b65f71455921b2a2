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
    """Connect a simulated Jira, let things happen in it, and watch droids react.

    In the first act the echo droid answers and moves an issue; in the second another one asks a question, goes on with
    the answer, and is stopped. Nothing is faked but the Jira and that droid's wits: webhooks arrive over HTTP with real
    signatures, the droid is a program on this machine, and everything shown is read back from Jira. Exits with 0 only
    if all of it is there.
    """
    from app.cli.demo import acts, stage

    began = time.monotonic()
    voice = acts.Voice(began, silent=as_json)
    with stage.Stage() as scene:
        voice.say("A Jira of its own runs", scene.jira_url)
        scene.start_reactor()
        voice.say("The receiver and a worker run", scene.reactor_url)
        told = play(scene, voice)
        told["seconds"] = round(time.monotonic() - began, 3)
        if as_json:
            click.echo(json.dumps(told))
        else:
            show(told)
        if keep:
            stay(scene)
    sys.exit(0 if told["ok"] else 1)


def play(stage: Any, voice: Any) -> dict[str, Any]:
    """Play both acts and return what came of them."""
    from app.cli.demo import acts

    told = acts.first(stage, voice)
    conversation = acts.second(stage, voice)
    deliveries = stage.deliveries()
    for delivery in deliveries:
        voice.say(f"  {delivery['event']}", f"{delivery['decision']} after {delivery['milliseconds']} ms")
    return told | {
        "ok": told["ok"] and conversation["ok"],
        "deliveries": deliveries,
        "conversation": conversation,
    }


def show(told: dict[str, Any]) -> None:
    """Print both issues as Jira shows them in the end."""
    _issue("DEMO-1", "The export button does nothing", told)
    _issue("DEMO-2", "The export is slow", told["conversation"])
    everything = "Both the comment and the status change stand in Jira, and so do question, answer and stop."
    click.echo(f"\n{everything if told['ok'] else 'Something is missing.'}  {told['seconds']:.1f} s")


def _issue(key: str, summary: str, told: dict[str, Any]) -> None:
    click.echo(f"\n{click.style(key, bold=True)}  {summary}   [{told['status']}]")
    for comment in told["comments"]:
        click.echo(f"\n  {click.style(comment['author'], bold=True)}")
        for line in comment["text"].splitlines():
            click.echo(f"    {line}")


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
