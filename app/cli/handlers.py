"""`jira-reactor handlers`: which handlers there are, and what each waits for."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

import app.settings
from app.routing import Route, describe, load, place

#: The option both commands take that look at handler files.
folders_option = click.option(
    "--handlers",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Take handlers from this folder instead of the settings' folders; may be repeated.",
)


@click.command()
@folders_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def handlers(folders: Sequence[Path], as_json: bool) -> None:
    """List the routes of all handler files with their conditions in words."""
    from app.droids import prompts

    where = folders or settings_folders()
    routes = routes_of(where)
    prompts.check((route.place[0] for route in routes), where)
    for route in routes:
        click.echo(json.dumps(_as_json(route)) if as_json else _as_text(route))
    if not routes and not as_json:
        click.echo("There are no handlers yet.")


def routes_of(folders: Sequence[Path]) -> list[Route]:
    """Load the routes of these folders, or of the settings' folders where none is named."""
    return load(folders or settings_folders())


def settings_folders() -> Sequence[Path]:
    """Name the folders of the settings."""
    return app.settings.load(os.environ).handler_folders


def _as_json(route: Route) -> dict[str, object]:
    file, line = route.place
    conditions = [condition.words() for condition in route.conditions]
    return {
        "route": route.id,
        "events": list(route.events),
        "conditions": conditions,
        "file": file,
        "line": line,
        "doc": route.doc,
        "opt_in": route.opt_in,
    }


def _as_text(route: Route) -> str:
    lines = [*route.doc.splitlines()[:1], describe(route), click.style(place(route), dim=True)]
    return "\n  ".join([click.style(route.id, bold=True), *lines]) + "\n"
