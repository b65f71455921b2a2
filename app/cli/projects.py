"""`jira-reactor projects`: which projects the droid may work in."""

import json

import click

from app.cli.wiring import connection_option, installation, json_option


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
    keys = sorted(stored.authorized(ours.db, connections.named(ours.db, connection).id))
    click.echo(json.dumps(keys) if as_json else "\n".join(keys) or "No project is authorized.")


@projects.command()
@click.argument("keys", nargs=-1, required=True)
@connection_option
def authorize(keys: tuple[str, ...], connection: str) -> None:
    """Authorize projects by their exact KEYS."""
    from app import open_jira
    from app.storage import audit, connections
    from app.storage import projects as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    jira = open_jira(site, ours.vault, ours.db, ours.settings)
    for key in keys:
        name = jira.project(key)
        new = stored.authorize(ours.db, site.id, key)
        if new:
            audit.record(ours.db, "cli", f"authorized project {key} on {site.name}")
        click.echo(f"{key} ({name}) {'is authorized now' if new else 'was authorized already'}.")
    click.echo("Next: jira-reactor webhooks register")


@projects.command()
@click.argument("key")
@connection_option
def revoke(key: str, connection: str) -> None:
    """Take the authorization of the project KEY back."""
    from app.storage import audit, connections
    from app.storage import projects as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    if not stored.revoke(ours.db, site.id, key):
        raise click.ClickException(f"{key} is not authorized on {site.name}.")
    audit.record(ours.db, "cli", f"revoked project {key} on {site.name}")
    click.echo(f"{key} is not authorized any more.")
