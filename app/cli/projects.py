"""`jira-reactor projects`: which projects the droid may work in."""

import json
from typing import TYPE_CHECKING

import click

from app.cli.administrator import administrator_options, lent_or_own
from app.cli.wiring import Installation, connection_option, installation, json_option

if TYPE_CHECKING:
    from app.jira import Jira
    from app.storage.connections import Connection


@click.group()
def projects() -> None:
    """Authorize projects; in all others the droid keeps silent."""


@projects.command("list")
@connection_option
@json_option
def list_(connection: str, as_json: bool) -> None:
    """List the authorized projects."""
    from app.storage import connections
    from app.storage import projects as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    found = {key: stored.policy(ours.db, site.id, key) for key in sorted(stored.authorized(ours.db, site.id))}
    policies = {key: policy for key, policy in found.items() if policy}
    if as_json:
        told = [{"key": key, "sweep": one.sweep, "turned_on": one.turned_on} for key, one in policies.items()]
        click.echo(json.dumps(told))
        return
    for key, one in policies.items():
        notes = (["not swept"] if not one.sweep else []) + [f"{route} is on" for route in one.turned_on]
        click.echo(f"{key}  ({', '.join(notes)})" if notes else key)
    if not policies:
        click.echo("No project is authorized.")


@projects.command()
@click.argument("keys", nargs=-1, required=True)
@administrator_options
@connection_option
def authorize(keys: tuple[str, ...], admin_email: str | None, admin_token_file: str | None, connection: str) -> None:
    """Authorize projects by their exact KEYS, and let Jira push their events.

    Where only an administrator may change the webhook, lend the token of one, or paste what is printed.
    """
    from app import open_jira
    from app.storage import audit, connections
    from app.storage import projects as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    jira = open_jira(site, ours.vault, ours.db, ours.settings)
    names = {key: jira.project(key) for key in keys}
    for key, name in names.items():
        new = stored.authorize(ours.db, site.id, key)
        if new:
            audit.record(ours.db, "cli", f"authorized project {key} on {site.name}")
        click.echo(f"{key} ({name}) {'is authorized now' if new else 'was authorized already'}.")
    _audit(ours, site, jira, keys)
    follow(ours, site, lent_or_own(ours, site, admin_email, admin_token_file))


@projects.command()
@click.argument("key")
@administrator_options
@connection_option
def revoke(key: str, admin_email: str | None, admin_token_file: str | None, connection: str) -> None:
    """Take the authorization of the project KEY back, stop its runs, and let Jira keep its events."""
    from app.storage import audit, connections, runs
    from app.storage import projects as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    if not stored.revoke(ours.db, site.id, key):
        raise click.ClickException(f"{key} is not authorized on {site.name}.")
    audit.record(ours.db, "cli", f"revoked project {key} on {site.name}")
    click.echo(f"{key} is not authorized any more.")
    if stopped := runs.stop_project(ours.db, site.id, key, f"Project {key} was revoked."):
        click.echo(
            f"Stopped {len(stopped)} run{'s' * (len(stopped) > 1)}; what they were doing is not written any more."
        )
    follow(ours, site, lent_or_own(ours, site, admin_email, admin_token_file), revoked=True)


@projects.command()
@click.argument("key")
@click.option("--sweep/--no-sweep", default=None, help="Whether to search Jira for events that got lost on the way.")
@click.option("--turn-on", multiple=True, metavar="ROUTE", help="Let this opt-in route react there; may be repeated.")
@click.option("--turn-off", multiple=True, metavar="ROUTE", help="Let it react there no longer; may be repeated.")
@connection_option
def policy(key: str, sweep: bool | None, turn_on: tuple[str, ...], turn_off: tuple[str, ...], connection: str) -> None:
    """Decide how the project KEY is treated."""
    from app.cli.policy import set_sweep, turn
    from app.storage import connections
    from app.storage import projects as stored

    if sweep is None and not turn_on and not turn_off:
        raise click.UsageError("Say what to decide: --sweep, --no-sweep, --turn-on or --turn-off.")
    ours = installation()
    site = connections.named(ours.db, connection)
    present = stored.policy(ours.db, site.id, key)
    if present is None:
        raise click.ClickException(
            f"{key} is not authorized on {site.name}.\n  `jira-reactor projects authorize {key}`"
        )
    if turn_on or turn_off:
        turn(ours, site, key, present, on=turn_on, off=turn_off)
    if sweep is not None:
        set_sweep(ours, site, key, present, sweep)


def _audit(ours: Installation, site: "Connection", jira: "Jira", keys: tuple[str, ...]) -> None:
    """Say at once what the account lacks, or has without need, in projects that were just authorized."""
    from app.connecting.permissions import audit, report, summary

    found = audit(ours.db, site, jira, keys)
    report(ours.db, site, found, who="cli")
    for project in found.projects:
        if project.verdict != "good":
            click.echo(f"{summary(project)} See `jira-reactor permissions {project.key}`.")


def follow(ours: Installation, site: "Connection", jira: "Jira", *, revoked: bool = False) -> None:
    """Let the webhook follow what is authorized, and say what is left for an administrator to do."""
    from app.webhooks.reconcile import reconcile, trust
    from app.webhooks.registration import WebhookError

    try:
        found = reconcile(ours.db, ours.vault, site, jira, ours.settings)
    except WebhookError as error:
        click.echo(f"No webhook follows yet: {error}")
        return
    for finding in found:
        if finding.repaired or finding.kind != "missing":
            click.echo(finding.text)
        elif not revoked:
            click.echo("Next: jira-reactor webhooks register")
    trust(ours.db, site, ours.settings)
