"""Making a connection out of an address and a service account's credentials."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from app.errors import ReactorError
from app.jira import Jira
from app.storage import audit, connections
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault


class ConnectError(ReactorError):
    """A connection cannot be made or used."""


def make_connection(
    db: Database,
    vault: Vault,
    jira: Jira,
    *,
    name: str,
    deployment: str,
    base_url: str,
    auth: str,
    credentials: Mapping[str, str],
) -> Connection:
    """Prove the credentials by asking Jira who they belong to, then store the connection.

    Raises JiraError where Jira refuses them, and ConnectError for a name in use or an account that cannot work.
    """
    if name in {known.name for known in connections.every(db)}:
        raise ConnectError(f"There is a connection called {name!r} already.", "Choose another with --name.")
    account = jira.myself()
    if not account.active:
        raise ConnectError(
            f"The account {account.name} is deactivated in Jira.",
            "Reactivate it in Jira's user management, or make a token of the service account that shall work.",
        )
    connection = connections.add(
        db,
        vault,
        name=name,
        deployment=deployment,
        base_url=base_url,
        # Hosts are compared with those of events, which are in lower case whatever an admin typed as Jira's base URL.
        site=urlsplit(jira.server().base_url).netloc.lower(),
        auth=auth,
        credentials=dict(credentials),
        account=account,
    )
    audit.record(db, "cli", f"connected {base_url} as {account.name} ({account.id}), named {name}")
    return connection
