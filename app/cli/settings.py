"""`jira-reactor settings`: what can be set and what is."""

import json
import os

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: name to {value, about}.")
def settings(as_json: bool) -> None:
    """List every setting, its value and its meaning."""
    from app.settings import load

    rows = load(os.environ).describe()
    if as_json:
        click.echo(json.dumps({name: {"value": value, "about": about} for name, value, about in rows}, indent=2))
        return
    for name, value, about in rows:
        click.echo(f"{click.style(name, bold=True)}={value}\n    {about}")
