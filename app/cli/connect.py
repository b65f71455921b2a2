"""`jira-reactor connect` and `reconnect`: get into a Jira with a service account's credentials, and stay in."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from app.cli.wiring import Installation, installation, read_token

if TYPE_CHECKING:
    from app.connecting.access import Access
    from app.connecting.connect import Wish
    from app.storage.connections import Connection

#: Environment variable that may hold the secret, for those who start us from a secret store.
TOKEN_VARIABLE = "JIRA_TOKEN"  # noqa: S105 - its name

_WAYS = (
    click.option("--email", help="The service account's e-mail address, for an API token of Cloud."),
    click.option("--oauth", is_flag=True, help="Consent in a browser (Cloud); prints a link that works once."),
    click.option("--client-credentials", metavar="CLIENT_ID", help="Client id of a Cloud service account."),
    click.option("--cloud-id", default="", help="The Cloud site's id, where its address does not tell it."),
    click.option(
        "--token-file",
        help=f"File with the token or client secret, - for standard input; else {TOKEN_VARIABLE}, else you are asked.",
    ),
    click.option(
        "--token-expires",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Day on which the token ends, since Jira does not tell; you are reminded in time.",
    ),
    click.option("--account", default="", help="Who the account must be: e-mail address, name, login name or id."),
    click.option("--accept-account", is_flag=True, help="Take the account whoever it is; recorded in the audit log."),
)


def _ways(command: Callable[..., None]) -> Callable[..., None]:
    """Offer what connect and reconnect have in common."""
    for way in reversed(_WAYS):
        command = way(command)
    return command


@click.command()
@click.argument("url", required=False)
@click.option("--name", default="", help="What to call the connection; the site's host where not given.")
@_ways
def connect(url: str | None, name: str, **way: Any) -> None:
    r"""Connect the Jira at URL as a service account.

    \b
    Data Center       connect URL                          with a personal access token
    Cloud, API token  connect URL --email ADDRESS          with or without scopes, we find out
    Cloud, OAuth      connect --oauth                      prints a link to consent with in a browser
    Cloud, OAuth      connect URL --client-credentials ID  of a service account

    Secrets never stand on the command line.
    """
    from app.connecting.connect import Wish, free_name

    ours = installation()
    if name:
        free_name(ours.db, name)
    _go(ours, url, Wish(name=name, declared=way["account"], accept=way["accept_account"]), way)


@click.command()
@click.argument("name")
@click.option("--url", help="The Jira's address; as before where not given.")
@_ways
def reconnect(name: str, url: str | None, **way: Any) -> None:
    """Give the connection NAME new credentials; its id, projects and webhooks stay.

    Without options the new credentials are of the same kind as those before.
    """
    from app.connecting.connect import Wish
    from app.storage import connections

    ours = installation()
    known = connections.named(ours.db, name)
    wish = Wish(declared=way["account"], accept=way["accept_account"], reconnect=known.id)
    if not any((url, way["email"], way["oauth"], way["client_credentials"])):
        way |= _as_before(ours, known)
    _go(ours, url or known.base_url, wish, way)


def _as_before(ours: Installation, known: "Connection") -> dict[str, Any]:
    stored = known.unseal(ours.vault)
    return {"email": stored.get("email"), "oauth": known.auth == "oauth", "client_credentials": stored.get("client_id")}


def _go(ours: Installation, url: str | None, wish: "Wish", way: dict[str, Any]) -> None:
    from app.connecting.connect import establish
    from app.connecting.consent import RoundTrip

    if way["oauth"]:
        link = RoundTrip(ours.db, ours.vault, ours.settings).invite(wish)
        click.echo("Open this link within 15 minutes, in a private window where you log in as the service account:")
        click.echo(f"  {link}")
        return
    if not url and not (way["client_credentials"] and way["cloud_id"]):
        raise click.UsageError("Say which Jira: its URL, or --oauth to consent in a browser.")
    _tell(ours, establish(ours.db, ours.vault, _access(ours, (url or "").rstrip("/"), way), wish))


def _access(ours: Installation, url: str, way: dict[str, Any]) -> "Access":
    from dataclasses import replace

    from app.connecting import access

    def secret(what: str) -> str:
        return read_token(way["token_file"], what, variable=TOKEN_VARIABLE)

    if way["client_credentials"]:
        found = access.by_client_credentials(
            ours.settings, url, way["cloud_id"], way["client_credentials"], secret("Client secret")
        )
    elif way["email"]:
        found = access.by_api_token(ours.settings, url, way["email"], secret("API token"))
    else:
        found = access.by_personal_access_token(url, secret("Personal access token"))
    return replace(found, ends_at=_end_of(way["token_expires"]))


def _end_of(day: datetime | None) -> int | None:
    if day is None:
        return None
    # In which time zone the day ends is not known, so it is over when it begins.
    ends = day.replace(tzinfo=UTC)
    if ends < datetime.now(UTC):
        raise click.UsageError(f"--token-expires names {day:%Y-%m-%d}, which is over; make a new token.")
    return int(ends.timestamp() * 1000)


def _tell(ours: Installation, connection: "Connection") -> None:
    """Say what came of it, and prove it where there is a project to prove it in."""
    from app.cli.verify import play
    from app.connecting.connect import next_step
    from app.storage import projects

    click.echo(f"Connected to {connection.site} as {connection.account.name}. The connection is {connection.name}.")
    if said := _KINDS.get(connection.auth):
        click.echo(said.format(host=urlsplit(connection.base_url).netloc))
    keys = sorted(projects.authorized(ours.db, connection.id))
    if not keys:
        click.echo(f"Next: {next_step(ours.db, connection)}")
    elif not play(ours, connection, keys[0], as_json=False):
        sys.exit(1)


_KINDS = {
    "api_token": "The API token has no scopes; it works at the site's own address.",
    "scoped_token": "The API token has scopes; it works at Atlassian's gateway, {host}.",
    "client_credentials": "The client credentials work at Atlassian's gateway, {host}.",
}
