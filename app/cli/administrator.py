"""The options by which an administrator of Jira lends a token for the calls of one command."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from app.cli.wiring import Installation, read_token

if TYPE_CHECKING:
    from app.jira import Jira
    from app.storage.connections import Connection


def administrator_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --admin-email and --admin-token-file to a command."""
    email = click.option("--admin-email", help="E-mail address of a Jira administrator, on Cloud.")
    token = click.option(
        "--admin-token-file", help="File with the administrator's token, - for standard input; used once, never stored."
    )
    return email(token(command))


def administrator(connection: "Connection", email: str | None, token_file: str | None) -> "Jira":
    """Make an administrator's client; their token is asked for where no file is given."""
    from app import jira
    from app.jira.auth import restore

    token = read_token(token_file, "Administrator's token")
    credentials = {"email": email, "token": token} if email else {"token": token}
    auth = restore("api_token" if email else "personal_access_token", credentials)
    # A person's token counts at the site, also where the service account's counts only at the gateway.
    return jira.connect(connection.deployment, connection.site_url, auth)


def lent_or_own(ours: Installation, connection: "Connection", email: str | None, token_file: str | None) -> "Jira":
    """Make an administrator's client where a token is lent, and the connection's own where none is."""
    from app import open_jira
    from app.webhooks.registration import kind_of

    # An app's own webhooks are nobody else's to change, not even an administrator's.
    if (email or token_file) and kind_of(connection) != "dynamic":
        return administrator(connection, email, token_file)
    return open_jira(connection, ours.vault, ours.db, ours.settings)
