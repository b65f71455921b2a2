"""`jira-reactor status`: whether connections work, and what there is to know about each."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from app.cli.wiring import installation, json_option

if TYPE_CHECKING:
    from app.connecting.status import ConnectionStatus, Problem, Status

_COLOURS = {"Connected": "green", "Degraded": "yellow", "Reconnect needed": "red"}


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether every connection works, asking each Jira; ends with 1 unless all are Connected."""
    from app import open_jira
    from app.connecting.status import asked_status, stored_status

    ours = installation()
    told = asked_status(ours.db, stored_status(ours.db), lambda c: open_jira(c, ours.vault, ours.db, ours.settings))
    click.echo(json.dumps(_plain(told)) if as_json else _text(told))
    sys.exit(0 if told.state == "Connected" else 1)


def _plain(told: "Status") -> dict[str, Any]:
    return {
        "status": told.state,
        "problems": _problems(told.problems),
        "worker_alive": told.worker_alive,
        "backlog": told.backlog,
        "connections": [_connection(each) for each in told.connections],
    }


def _connection(told: "ConnectionStatus") -> dict[str, Any]:
    connection, token = told.connection, told.token
    return {
        "name": connection.name,
        "status": told.state,
        "problems": _problems(told.problems),
        "account": {"id": connection.account.id, "name": connection.account.name},
        "site": connection.site,
        "deployment": connection.deployment,
        "version": told.version or None,
        "auth": connection.auth,
        "scopes": list(connection.scopes),
        "projects": list(told.projects),
        "credentials": {
            "age_days": token.age_days,
            "ends_at": token.ends_at,
            "days_left": token.days_left,
            "basis": token.basis,
        },
        "webhooks": [
            {"id": w.jira_id, "kind": w.kind, "events": list(w.events), "jql": w.jql, "expires_at": w.expires_at}
            for w in told.webhooks
        ],
        "last_delivery": told.last_delivery,
        "clock_skew": told.skew,
    }


def _problems(problems: "tuple[Problem, ...]") -> list[dict[str, str]]:
    return [{"said": problem.said, "cure": problem.cure} for problem in problems]


def _text(told: "Status") -> str:
    worker = "a worker is alive" if told.worker_alive else "no worker is alive"
    lines = [f"{_coloured(told.state)}  {worker}, {told.backlog} deliveries wait"]
    lines += _complaints(told.problems)
    for each in told.connections:
        lines += ["", *_block(each)]
    return "\n".join(lines)


def _block(told: "ConnectionStatus") -> list[str]:
    from app.connecting.status.lifetime import words
    from app.connecting.status.stored import moment

    connection = told.connection
    kind = "Cloud" if connection.deployment == "cloud" else "Data Center"
    rows = {
        "account": connection.account.name,
        "site": f"{connection.site}, {kind} {told.version}".rstrip(),
        "credentials": f"{connection.auth.replace('_', ' ')}, {words(told.token)}",
        "scopes": " ".join(connection.scopes) or "as the account's permissions",
        "projects": ", ".join(told.projects) or "none; `jira-reactor projects authorize KEY`",
        "webhooks": ", ".join(_webhook(w.jira_id, w.kind, w.expires_at) for w in told.webhooks) or "none",
        "last delivery": moment(told.last_delivery) if told.last_delivery else "none yet",
        "clock": "unknown" if told.skew is None else f"Jira's is {told.skew:+.1f} s from ours",
    }
    head = f"{_coloured(told.state)}  {click.style(connection.name, bold=True)}"
    return [head, *_complaints(told.problems), *(f"  {name:<14} {value}" for name, value in rows.items())]


def _webhook(jira_id: str, kind: str, expires_at: int | None) -> str:
    from app.connecting.status.stored import day

    end = f", expires {day(expires_at)}" if expires_at else ""
    return f"{jira_id or 'pasted by hand'} ({kind}{end})"


def _complaints(problems: "tuple[Problem, ...]") -> list[str]:
    return [f"  {click.style('!', fg='red')} {problem.said}\n    {problem.cure}" for problem in problems]


def _coloured(state: str) -> str:
    return click.style(state, fg=_COLOURS[state], bold=True)
