"""`jira-reactor verify`: the whole way once, for real."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.wiring import Installation, connection_option, installation, json_option

if TYPE_CHECKING:
    from app.connecting.verify import Step
    from app.storage.connections import Connection

_MARKS = {"ok": ("✓", "green"), "left": ("!", "yellow"), "failed": ("✗", "red"), "skipped": ("-", "bright_black")}


@click.command()
@click.argument("key")
@click.option("--issue", metavar="KEY-1", help="Use this issue instead of creating one; a comment comes and goes.")
@click.option("--wait", type=float, default=30.0, show_default=True, help="Seconds that webhooks may take.")
@connection_option
@json_option
def verify(key: str, issue: str | None, wait: float, connection: str, as_json: bool) -> None:
    """Prove that the connection works by using it in the project KEY: read, create, comment, move, hear of it, delete.

    Ends with 1 at the first step that fails, with its cause and cure.
    """
    from app.storage import connections

    ours = installation()
    good = play(ours, connections.named(ours.db, connection), key, issue=issue, wait=wait, as_json=as_json)
    sys.exit(0 if good else 1)


def play(
    ours: Installation, site: "Connection", key: str, *, issue: str | None = None, wait: float = 30.0, as_json: bool
) -> bool:
    """Verify a connection, say each step as it ends, and tell whether all went well."""
    from app import open_jira
    from app.connecting.verify import verify as steps_of

    jira = open_jira(site, ours.vault, ours.db, ours.settings)
    steps = steps_of(ours.db, site, jira, key, public_url=ours.settings.public_url, issue=issue, patience=wait)
    taken = [*_said(steps, silent=as_json)]
    good = all(step.outcome != "failed" for step in taken)
    if as_json:
        left = [step.said for step in taken if step.outcome == "left"]
        click.echo(json.dumps({"ok": good, "steps": [asdict(step) for step in taken], "left": left}))
    return good


def _said(steps: "Iterable[Step]", *, silent: bool) -> "Iterable[Step]":
    for step in steps:
        if not silent:
            mark, colour = _MARKS[step.outcome]
            seconds = click.style(f"{step.seconds:6.2f} s", dim=True)
            click.echo(f"{seconds}  {click.style(mark, fg=colour)} {step.name:<13} {step.said}")
            if step.cure:
                click.echo(f"{'':27}{step.cure}")
        yield step
