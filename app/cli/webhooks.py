"""`jira-reactor webhooks`: what makes Jira push to us."""

import json

import click

from app.cli.wiring import connection_option, installation, json_option, read_token


@click.group()
def webhooks() -> None:
    """Register the webhook that makes Jira push events of authorized projects."""


@webhooks.command()
@click.option("--admin-email", help="E-mail address of a Jira administrator, on Cloud.")
@click.option("--admin-token-file", help="File with the administrator's token, - for standard input; never stored.")
@click.option("--by-hand", is_flag=True, help="Print the values to paste into Jira's settings instead.")
@connection_option
def register(admin_email: str | None, admin_token_file: str | None, by_hand: bool, connection: str) -> None:
    """Register the webhook for all authorized projects, replacing the one registered before.

    Only a Jira administrator may do so. Their token is used once and never stored. Without one, --by-hand prints what
    to paste at System > WebHooks.
    """
    from app import jira
    from app.jira.auth import restore
    from app.storage import connections
    from app.webhooks.register import plan, store
    from app.webhooks.register import register as register_in_jira

    ours = installation()
    site = connections.named(ours.db, connection)
    planned = plan(ours.db, site, ours.settings.public_url)
    if by_hand:
        store(ours.db, ours.vault, site, planned)
        click.echo("In Jira, open System > WebHooks > Create a WebHook and paste:")
        for label, value in (
            ("Name", planned.name),
            ("URL", planned.url),
            ("Secret (shown this once)", planned.secret),
            ("JQL", planned.jql),
            ("Events", ", ".join(planned.events)),
        ):
            click.echo(f"  {label}: {value}")
        return
    token = read_token(admin_token_file, "Administrator's token")
    credentials = {"email": admin_email, "token": token} if admin_email else {"token": token}
    auth = restore("api_token" if admin_email else "personal_access_token", credentials)
    admin = jira.connect(site.deployment, site.base_url, auth)
    jira_id = register_in_jira(ours.db, ours.vault, site, planned, admin)
    click.echo(f"Registered webhook {jira_id} for {planned.jql}, pushing to {planned.url}.")


@webhooks.command("list")
@connection_option
@json_option
def list_(connection: str, as_json: bool) -> None:
    """List what is registered, without secrets."""
    from app.storage import connections
    from app.storage import webhooks as stored

    ours = installation()
    site = connections.named(ours.db, connection)
    url = f"{ours.settings.public_url}/webhooks/jira/{site.id}"
    rows = [{"id": w.jira_id, "kind": w.kind, "url": url} for w in stored.of_connection(ours.db, site.id)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['kind']} webhook {row['id'] or '(pasted by hand)'}: {row['url']}")
    if not rows:
        click.echo("No webhook is registered.")
