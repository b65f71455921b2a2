"""Making a connection out of an address and a service account's credentials, and making it anew."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.connecting import account
from app.connecting.access import Access
from app.connecting.account import Expected
from app.connecting.errors import ConnectError
from app.jira import Jira
from app.storage import audit, connections, projects
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault


@dataclass(frozen=True)
class Wish:
    """What an admin asks for besides showing credentials."""

    #: What to call the connection; the site's host where nothing is said.
    name: str = ""
    #: Who the account should be.
    declared: str = ""
    #: Whether to take the account whoever it is.
    accept: bool = False
    #: The id of the connection to make anew, with its projects and webhooks; empty for a new one.
    reconnect: str = ""


def establish(db: Database, vault: Vault, access: Access, wish: Wish, *, by: str = "cli") -> Connection:
    """Make the connection that is wished for, or make an existing one anew; raises as those two do."""
    if wish.reconnect:
        return remake_connection(db, vault, access, wish, by=by)
    return make_connection(
        db,
        vault,
        access.open(),
        name=wish.name,
        deployment=access.deployment,
        base_url=access.base_url,
        auth=access.auth,
        credentials=access.credentials,
        scopes=access.scopes,
        ends_at=access.ends_at,
        declared=wish.declared,
        accept=wish.accept,
        by=by,
    )


def make_connection(
    db: Database,
    vault: Vault,
    jira: Jira,
    *,
    name: str,
    deployment: str,
    base_url: str,
    auth: str,
    credentials: Mapping[str, Any],
    scopes: tuple[str, ...] = (),
    ends_at: int | None = None,
    declared: str = "",
    accept: bool = False,
    by: str = "cli",
) -> Connection:
    """Prove the credentials by asking Jira who they belong to, then store the connection.

    `ends_at` says when the credentials end, in milliseconds; `by` is for the audit log. Raises JiraError where Jira
    refuses them, and ConnectError for a name in use or the wrong account.
    """
    expected = Expected(declared, accepted=accept)
    worker, doubt = account.check(jira, auth, expected, credentials.get("email", ""))
    site = _site(jira)
    # Two that connect at the same moment must not get the same name.
    with db.exclusive("connect"):
        connection = connections.add(
            db,
            vault,
            name=free_name(db, name or urlsplit(f"//{site}").hostname or site),
            deployment=deployment,
            base_url=base_url,
            site=site,
            auth=auth,
            credentials=dict(credentials),
            account=worker,
            declared=declared,
            token_expires_at=ends_at,
            scopes=scopes,
        )
    _record(db, by, f"connected {base_url} as {worker.name} ({worker.id}), named {connection.name}", doubt)
    return connection


def remake_connection(db: Database, vault: Vault, access: Access, wish: Wish, *, by: str = "cli") -> Connection:
    """Give an existing connection new credentials; its id, projects and webhooks stay.

    Raises as make_connection does, and ConnectError where they open another site.
    """
    known = connections.named(db, wish.reconnect)
    jira = access.open()
    if (site := _site(jira)) != known.site:
        raise ConnectError(
            f"These credentials open {site}, but {known.name} is a connection to {known.site}.",
            f"Reconnect with credentials for {known.site}, or connect {site} under a name of its own.",
        )
    expected = Expected(wish.declared, before=known.account, accepted=wish.accept)
    worker, doubt = account.check(jira, access.auth, expected, access.credentials.get("email", ""))
    # A refresh of the old tokens may be under way, and must not store them over the new ones.
    with db.exclusive(f"tokens {known.id}"):
        remade = connections.replace_access(
            db,
            vault,
            known.id,
            base_url=access.base_url,
            auth=access.auth,
            credentials=dict(access.credentials),
            account=worker,
            declared=wish.declared or known.declared,
            token_expires_at=access.ends_at,
            scopes=access.scopes,
        )
    _record(db, by, f"reconnected {known.name} as {worker.name} ({worker.id})", doubt)
    return remade


def next_step(db: Database, connection: Connection) -> str:
    """Name the command that comes after connecting."""
    keys = sorted(projects.authorized(db, connection.id))
    which = "" if len(connections.every(db)) == 1 else f" --connection {shlex.quote(connection.name)}"
    return f"jira-reactor verify {keys[0]}{which}" if keys else f"jira-reactor projects authorize KEY{which}"


def free_name(db: Database, name: str) -> str:
    """Return a name that no connection has; raise ConnectError where one has it."""
    if name in {known.name for known in connections.every(db)}:
        raise ConnectError(
            f"There is a connection called {name!r} already.",
            f"Choose another with --name, or give that one new credentials with `jira-reactor reconnect {name}`.",
        )
    return name


def _site(jira: Jira) -> str:
    # Hosts are compared with those of events, which are in lower case whatever an admin typed as Jira's base URL.
    return urlsplit(jira.server().base_url).netloc.lower()


def _record(db: Database, by: str, what: str, doubt: str) -> None:
    audit.record(db, by, f"{what}; --accept-account, although: {doubt}" if doubt else what)
