"""`jira-reactor webhooks`: what makes Jira push to us."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from app.cli.administrator import administrator, administrator_options, lent_or_own
from app.cli.wiring import connection_option, installation, json_option


@click.group()
def webhooks() -> None:
    """Register the webhook that makes Jira push events of authorized projects, and keep it alive."""


@webhooks.command()
@administrator_options
@click.option("--by-hand", is_flag=True, help="Print the values to paste into Jira's settings instead.")
@connection_option
def register(admin_email: str | None, admin_token_file: str | None, by_hand: bool, connection: str) -> None:
    """Register the webhook for all authorized projects, replacing the one registered before.

    Only a Jira administrator may do so, unless the connection was made with OAuth. Their token is used once and never
    stored. Without one, --by-hand prints what to paste at System > WebHooks.
    """
    from app import open_jira
    from app.storage import connections
    from app.webhooks.register import register as register_in_jira
    from app.webhooks.register import store, unsigned, values
    from app.webhooks.registration import keep_on, kind_of, plan

    ours = installation()
    site = connections.named(ours.db, connection)
    dynamic = kind_of(site) == "dynamic"
    if dynamic:
        planned = keep_on(ours.db, ours.vault, site, ours.settings)
    else:
        planned = plan(ours.db, site, ours.settings.public_url)
    if dynamic or by_hand:
        jira = open_jira(site, ours.vault, ours.db, ours.settings)
    else:
        jira = administrator(site, admin_email, admin_token_file)
    if by_hand and not dynamic:
        store(ours.db, ours.vault, site, planned)
        click.echo("In Jira, open System > WebHooks > Create a WebHook and paste:")
        for label, value in values(planned):
            click.echo(f"  {label}: {value}")
    else:
        jira_id = register_in_jira(ours.db, ours.vault, site, planned, jira)
        click.echo(f"Registered webhook {jira_id} for {planned.jql}, pushing to {planned.url}.")
    if warning := unsigned(site, jira):
        click.echo(warning, err=True)


@webhooks.command("list")
@connection_option
@json_option
def list_(connection: str, as_json: bool) -> None:
    """List what is registered, without secrets."""
    from app.storage import connections
    from app.storage import webhooks as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    known = stored.of_connection(ours.db, site.id)
    if as_json:
        rows = ({"id": w.jira_id, "kind": w.kind, "url": w.url, "expires": w.expires_at} for w in known)
        click.echo(json.dumps([{name: value for name, value in row.items() if value is not None} for row in rows]))
        return
    for webhook in known:
        until = f", until {_day(webhook.expires_at)}" if webhook.expires_at else ""
        click.echo(f"{webhook.kind} webhook {webhook.jira_id or '(pasted by hand)'}: {webhook.url}{until}")
    if not known:
        click.echo("No webhook is registered.")


@webhooks.command()
@connection_option
def refresh(connection: str) -> None:
    """Let dynamic webhooks live another 30 days; a worker does so by itself."""
    from app import open_jira
    from app.storage import connections
    from app.webhooks.refresh import refresh as refresh_in_jira

    ours = installation()
    site = connections.named(ours.db, connection)
    until = refresh_in_jira(ours.db, site, open_jira(site, ours.vault, ours.db, ours.settings), early=True)
    if until is None:
        click.echo("Nothing to refresh: only webhooks of an OAuth connection expire.")
    elif until:
        click.echo(f"Refreshed, until {_day(until)}.")
    else:
        raise click.ClickException("Jira has forgotten the webhook. Run `jira-reactor webhooks doctor`.")


@webhooks.command("rotate-secret")
@administrator_options
@click.option("--by-hand", is_flag=True, help="Print the new secret for an administrator to paste instead.")
@click.option("--overlap", default=24.0, show_default=True, help="Hours for which the secret before counts as well.")
@connection_option
def rotate_secret(
    admin_email: str | None, admin_token_file: str | None, by_hand: bool, overlap: float, connection: str
) -> None:
    """Give the webhook a new secret; for a while deliveries signed with the one before are accepted too."""
    from app.storage import connections
    from app.webhooks.rotate import rotate, rotate_by_hand

    ours = installation()
    site = connections.named(ours.db, connection)
    lasting = round(overlap * 3_600_000)
    if by_hand:
        secret = rotate_by_hand(ours.db, ours.vault, site, overlap=lasting)
        click.echo("In Jira, open System > WebHooks, edit the webhook and paste:")
        click.echo(f"  Secret (shown this once): {secret}")
        click.echo(f"Do so within {overlap:g} hours: until then the secret before counts as well.")
        return
    admin = lent_or_own(ours, site, admin_email, admin_token_file)
    webhook = rotate(ours.db, ours.vault, site, admin, ours.settings, overlap=lasting)
    until = _moment(webhook.previous_until or 0)
    click.echo(f"Webhook {webhook.jira_id} has a new secret; the one before counts until {until}.")


@webhooks.command()
@click.argument("webhook_id", default="")
@administrator_options
@connection_option
def remove(webhook_id: str, admin_email: str | None, admin_token_file: str | None, connection: str) -> None:
    """Remove the webhook with Jira's WEBHOOK_ID, or all of ours on the connection."""
    from app.storage import connections
    from app.webhooks.remove import remove as remove_in_jira

    ours = installation()
    site = connections.named(ours.db, connection)
    gone = remove_in_jira(ours.db, site, lent_or_own(ours, site, admin_email, admin_token_file), webhook_id)
    click.echo(f"Removed webhook {', '.join(gone)}." if gone else "Jira has no webhook of ours.")


@webhooks.command()
@administrator_options
@click.option("--look-only", is_flag=True, help="Repair nothing.")
@connection_option
@json_option
def doctor(
    admin_email: str | None, admin_token_file: str | None, look_only: bool, connection: str, as_json: bool
) -> None:
    """Compare the registrations in Jira with what they must be, and repair what the account may.

    Exits with 1 where something is left to do.
    """
    from app.storage import connections
    from app.webhooks.reconcile import reconcile

    ours = installation()
    site = connections.named(ours.db, connection)
    jira = lent_or_own(ours, site, admin_email, admin_token_file)
    found = reconcile(ours.db, ours.vault, site, jira, ours.settings, repair=not look_only)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found]))
    else:
        for finding in found:
            click.echo(f"{'repaired' if finding.repaired else 'to do'}: {finding.text}")
        if not found:
            click.echo("Nothing is wrong with the webhook, as far as the account can see.")
    sys.exit(0 if all(finding.repaired for finding in found) else 1)


def _day(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d}"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"
