"""`jira-reactor doctor`: everything that can be wrong, looked at; made to be pasted into a support ticket."""

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.wiring import json_option

if TYPE_CHECKING:
    from app.connecting.doctor import Check

_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at everything that can keep the service from working, changing nothing and telling no secret.

    Ends with 1 where something failed; a warning is no failure.
    """
    from app import open_jira
    from app.connecting.doctor import examine
    from app.jira import Jira
    from app.settings import load
    from app.storage.connections import Connection
    from app.storage.database import Database
    from app.storage.vault import Vault
    from app.webhooks.reconcile import Finding, reconcile

    settings = load(os.environ)
    db, vault = Database(settings.database_url), Vault(settings.keys, settings.home)

    def client(connection: Connection) -> Jira:
        return open_jira(connection, vault, db, settings)

    def compare(connection: Connection, jira: Jira) -> list[Finding]:
        return reconcile(db, vault, connection, jira, settings, repair=False)

    checks = []
    for check in examine(settings, open_jira=client, compare=compare, environ=os.environ):
        checks.append(check)
        if not as_json:
            click.echo(_line(check))
    good = all(check.outcome != "fail" for check in checks)
    if as_json:
        click.echo(json.dumps({"ok": good, "checks": [asdict(check) for check in checks]}))
    sys.exit(0 if good else 1)


def _line(check: "Check") -> str:
    mark, colour = _MARKS[check.outcome]
    cure = f"\n    {check.cure}" if check.cure else ""
    return f"{click.style(mark, fg=colour)} {click.style(check.name, bold=True)}: {check.said}{cure}"
