"""`jira-reactor try`: run one route on one issue, without waiting for Jira to push something."""

import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from app.cli.terminal import plain
from app.cli.wiring import Installation, connection_option, installation, json_option

if TYPE_CHECKING:
    from app.jira import Jira
    from app.routing import Route
    from app.storage.connections import Connection
    from app.webhooks.recalling import Recalled

#: Seconds between two looks at whether the run has ended.
_LOOK = 0.2


@click.command("try")
@click.argument("route")
@click.argument("issue")
@click.option("--dry-run", is_flag=True, help="Ask the droid, but write nothing to Jira; print what would be written.")
@click.option("--no-wait", is_flag=True, help="Leave it to the worker and do not wait for its end.")
@connection_option
@json_option
def try_(route: str, issue: str, dry_run: bool, no_wait: bool, connection: str, as_json: bool) -> None:
    """Run ROUTE on ISSUE, as if what it waits for had happened just now.

    Taken is the newest thing in the issue's history that the route reacts to, or else the change it asks for. Which
    of its conditions would not hold is said. Ends with 1 where the run does not end well.
    """
    from app import open_jira
    from app.routing import load, named
    from app.storage import connections, projects
    from app.webhooks.recalling import recall

    ours = installation()
    chosen = named(load(ours.settings.handler_folders), route)
    site = connections.named(ours.db, connection)
    jira = open_jira(site, ours.vault, ours.db, ours.settings)
    found = jira.issue(issue)
    if found.project not in projects.authorized(ours.db, site.id):
        cure = f"`jira-reactor projects authorize {found.project}`"
        raise click.ClickException(f"Project {found.project} is not authorized on {site.name}.\n  {cure}")
    recalled = recall(chosen, found, jira, site, projects.turned_on(ours.db, site.id, found.project))
    if recalled.doubt and not as_json:
        click.echo(f"By itself it would not run: {chosen.id} {plain(recalled.doubt)}.", err=True)
    told = _rehearse(ours, site, jira, chosen, recalled) if dry_run else _run(ours, site, chosen, recalled, no_wait)
    _tell(told | {"route": chosen.id, "issue": found.key, "doubt": recalled.doubt}, as_json)
    sys.exit(1 if told["state"] in ("failed", "stopped") else 0)


def _rehearse(
    ours: Installation, site: "Connection", jira: "Jira", route: "Route", recalled: "Recalled"
) -> dict[str, Any]:
    from app import make_team
    from app.reacting.rehearsing import RecordingJira, Rehearsal

    recording = RecordingJira(jira)
    words = dict(ours.settings.command_words)
    rehearsal = Rehearsal(recording, site.account, make_team(ours.settings), ours.settings.handler_folders, words)
    played = rehearsal.play(route, recalled.event)
    writes = [asdict(write) for write in recording.record.writes]
    return {"state": played.state, "reason": played.reason, "writes": writes}


def _run(ours: Installation, site: "Connection", route: "Route", recalled: "Recalled", no_wait: bool) -> dict[str, Any]:
    from app import make_manners
    from app.connecting.status.stored import SILENT
    from app.reacting.trying import keep
    from app.storage import actions, runs, workers

    run_id = keep(ours.db, site, route, recalled.body, recalled.event, make_manners(ours.settings))
    run = runs.get(ours.db, run_id)
    while run and not no_wait and run.state not in (*runs.ENDED, "awaiting input"):
        if not workers.alive(ours.db, SILENT):
            click.echo("No worker is alive; it goes on once `jira-reactor serve` or `worker` runs.", err=True)
            break
        time.sleep(_LOOK)
        run = runs.get(ours.db, run_id)
    state, reason = (run.state, run.reason) if run else ("failed", "The run has been removed.")
    return {"run": run_id, "state": state, "reason": reason, "writes": actions.of_run(ours.db, run_id)}


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told))
        return
    for number, write in enumerate(told["writes"], 1):
        click.echo(f"{number}. {_line(write)}")
    name = f"Run {told['run']}" if "run" in told else "The rehearsal"
    click.echo(f"{name} is {told['state']}. {plain(told['reason'])}".rstrip())


def _line(write: dict[str, Any]) -> str:
    """Say what is written on one line, or where the text has several, on those below it."""
    first, *more = map(plain, str(write.get("told", "")).strip().splitlines() or [""])
    where = f" on {write['issue']}" if "issue" in write else ""
    if more:
        return "\n".join([f"{write['kind']}{where}:", *(f"     {line}".rstrip() for line in (first, *more))])
    return f"{write['kind']}{where}{': ' if first else ''}{first}"
