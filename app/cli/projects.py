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
    keys = sorted(stored.authorized(ours.db, site.id))
    if as_json:
        click.echo(json.dumps(keys))
        return
    for key in keys:
        policy = stored.policy(ours.db, site.id, key)
        click.echo(key if policy is None or policy.sweep else f"{key}  (not swept)")
    if not keys:
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
@click.option("--sweep/--no-sweep", required=True, help="Whether to search Jira for events that got lost on the way.")
@connection_option
def policy(key: str, sweep: bool, connection: str) -> None:
    """Decide how the project KEY is treated."""
    from app import open_jira
    from app.storage import audit, connections
    from app.storage import projects as stored
    from app.webhooks.sweep import time_in

    ours = installation()
    site = connections.named(ours.db, connection)
    present = stored.policy(ours.db, site.id, key)
    if present is None:
        raise click.ClickException(f"{key} is not authorized on {site.name}.")
    if sweep and not present.sweep:
        # From now on: what happened while it was off was not wanted.
        now = time_in(open_jira(site, ours.vault, ours.db, ours.settings))
        stored.set_swept(ours.db, site.id, key, now)
    stored.set_sweep(ours.db, site.id, key, sweep)
    audit.record(ours.db, "cli", f"switched the sweep of {key} on {site.name} {'on' if sweep else 'off'}")
    click.echo(f"{key} is {'swept' if sweep else 'not swept any more'}.")


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
