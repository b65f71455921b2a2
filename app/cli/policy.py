"""What `jira-reactor projects policy` decides about a project: whether it is swept, which opt-in routes react in it."""

from collections.abc import Sequence

import click

from app.cli.wiring import Installation
from app.routing import load, turnable
from app.storage import audit
from app.storage import projects as stored
from app.storage.connections import Connection
from app.storage.projects import Policy


def turn(
    ours: Installation, site: Connection, key: str, present: Policy, *, on: Sequence[str], off: Sequence[str]
) -> None:
    """Turn opt-in routes on and off in a project; raises RouteError before anything is changed."""
    routes = load(ours.settings.handler_folders)
    # A route whose file is gone can be turned off all the same.
    for route in (*on, *(route for route in off if route not in present.turned_on)):
        turnable(routes, route)
    for route, wanted in [*((route, True) for route in on), *((route, False) for route in off)]:
        word = "on" if wanted else "off"
        if stored.turn(ours.db, site.id, key, route, on=wanted):
            audit.record(ours.db, "cli", f"turned {route} {word} for {key} on {site.name}")
            click.echo(f"{route} is turned {word} for {key}.")
        else:
            click.echo(f"{route} was turned {word} for {key} already.")


def set_sweep(ours: Installation, site: Connection, key: str, present: Policy, sweep: bool) -> None:
    """Switch the sweep of a project on or off."""
    from app import open_jira
    from app.webhooks.sweep import time_in

    if sweep and not present.sweep:
        # From now on: what happened while it was off was not wanted.
        now = time_in(open_jira(site, ours.vault, ours.db, ours.settings))
        stored.set_swept(ours.db, site.id, key, now)
    stored.set_sweep(ours.db, site.id, key, sweep)
    audit.record(ours.db, "cli", f"switched the sweep of {key} on {site.name} {'on' if sweep else 'off'}")
    click.echo(f"{key} is {'swept' if sweep else 'not swept any more'}.")
