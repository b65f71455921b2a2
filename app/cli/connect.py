"""`jira-reactor connect`: connect a Jira with a service account's token."""

from urllib.parse import urlsplit

import click

from app.cli.wiring import installation, read_token


@click.command()
@click.argument("url")
@click.option("--email", help="The service account's e-mail address, on Cloud; leave out on Data Center.")
@click.option("--token-file", help="File with the token, - for standard input; asked for where not given.")
@click.option("--name", help="What to call the connection; the site's host where not given.")
def connect(url: str, email: str | None, token_file: str | None, name: str | None) -> None:
    """Connect the Jira at URL as the service account that a token belongs to.

    On Cloud a token is made at id.atlassian.com and goes with the account's e-mail address; on Data Center it is a
    personal access token of the account's profile.
    """
    from app import jira
    from app.connecting.connect import make_connection
    from app.jira.auth import restore

    base = url.rstrip("/")
    token = read_token(token_file, "API token" if email else "Personal access token")
    deployment, auth = ("cloud", "api_token") if email else ("datacenter", "personal_access_token")
    credentials = {"email": email, "token": token} if email else {"token": token}
    ours = installation()
    connection = make_connection(
        ours.db,
        ours.vault,
        jira.connect(deployment, base, restore(auth, credentials)),
        name=name or urlsplit(base).hostname or base,
        deployment=deployment,
        base_url=base,
        auth=auth,
        credentials=credentials,
    )
    click.echo(f"Connected to {connection.site} as {connection.account.name}. The connection is {connection.name}.")
    click.echo("Next: jira-reactor projects authorize KEY")
