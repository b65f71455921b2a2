"""`jira-reactor deliveries` and `runs`: what came, what was decided and why, what was done."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from app.cli.terminal import plain
from app.cli.wiring import installation, json_option


@click.command()
@click.argument("seq", type=int, required=False)
@click.option("--decision", help="Only deliveries with this decision.")
@click.option("--limit", default=20, show_default=True)
@json_option
def deliveries(seq: int | None, decision: str | None, limit: int, as_json: bool) -> None:
    """List the newest deliveries with their decisions, or show delivery SEQ with its body and runs."""
    from app.storage import deliveries as inbox
    from app.storage import runs as stored_runs

    db = installation().db
    if seq is not None:
        found = inbox.get(db, seq)
        if found is None:
            raise click.ClickException(f"There is no delivery {seq}.")
        told = _plain(found) | {"runs": [run.id for run in stored_runs.of_delivery(db, seq)]}
        click.echo(json.dumps(told | {"body": found.body.decode(errors="replace")}, indent=None if as_json else 2))
        return
    for row in inbox.latest(db, limit, decision):
        if as_json:
            click.echo(json.dumps(_plain(row)))
        else:
            when, decided = _time(row.received_at), row.decision or "waiting"
            click.echo(f"{row.seq:>6}  {when}  {plain(row.event):<22} {decided:<10} {_line(row.reason)}")


@click.command()
@click.argument("run_id", required=False)
@click.option("--state", help="Only runs in this state.")
@click.option("--limit", default=20, show_default=True)
@json_option
def runs(run_id: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List the newest runs, or show run RUN_ID with its writes and, where it failed, its traceback."""
    from app.storage import actions
    from app.storage import runs as stored

    db = installation().db
    if run_id is not None:
        run = stored.get(db, run_id)
        if run is None:
            raise click.ClickException(f"There is no run {run_id}.")
        told = asdict(run) | {"actions": actions.of_run(db, run_id)}
        trace = told.pop("traceback")
        click.echo(json.dumps(told | {"traceback": trace}) if as_json else json.dumps(told, indent=2))
        if trace and not as_json:
            click.echo(trace)
        return
    for row in stored.latest(db, limit, state):
        if as_json:
            click.echo(json.dumps(asdict(row)))
        else:
            click.echo(f"{row.id:<50} {row.issue_key:<10} {row.state:<10} {_line(row.reason)}")


def _plain(delivery: Any) -> dict[str, Any]:
    told = asdict(delivery)
    del told["body"]
    return told | {"headers": json.loads(delivery.headers)}


def _line(text: str | None) -> str:
    return plain(" ".join((text or "").split()))


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
