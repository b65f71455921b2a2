"""Jira sites we are connected to, with the service account's sealed credentials."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from app.events.event import User
from app.storage import tables
from app.storage.database import Database, StorageError, now
from app.storage.vault import Vault


@dataclass(frozen=True)
class Connection:
    """One Jira site as stored; `credentials` stay sealed until `unseal` is asked for them."""

    id: str
    name: str
    #: "cloud" or "datacenter".
    deployment: str
    base_url: str
    #: Host (with port) that the site's own links carry.
    site: str
    #: Which kind of credentials: api_token, scoped_token, oauth, client_credentials or personal_access_token.
    auth: str
    credentials: str = field(repr=False)
    #: The service account, as Jira knows it.
    account: User
    #: Who the admin said the account would be; empty where nothing was said.
    declared: str = ""
    token_created_at: int | None = None
    #: When the token ends, where Jira or the admin told.
    token_expires_at: int | None = None
    scopes: tuple[str, ...] = ()
    #: Why the connection cannot work until an admin reconnects; empty where it can.
    trouble: str = ""

    @property
    def site_url(self) -> str:
        """Address of the site itself; with some credentials we reach it through Atlassian's gateway instead."""
        base = urlsplit(self.base_url)
        return f"{base.scheme}://{self.site}" if base.path.startswith("/ex/jira/") else self.base_url

    def unseal(self, vault: Vault) -> dict[str, Any]:
        """Open the credentials, whose names depend on their kind."""
        opened: dict[str, Any] = json.loads(vault.unseal(self.credentials))
        return opened


def add(
    db: Database,
    vault: Vault,
    *,
    name: str,
    deployment: str,
    base_url: str,
    site: str,
    auth: str,
    credentials: dict[str, Any],
    account: User,
    declared: str = "",
    token_expires_at: int | None = None,
    scopes: tuple[str, ...] = (),
) -> Connection:
    """Store a connection under a new opaque id."""
    connection = Connection(
        id=secrets.token_urlsafe(16),
        name=name,
        deployment=deployment,
        base_url=base_url,
        site=site,
        auth=auth,
        credentials=vault.seal(json.dumps(credentials)),
        account=account,
        declared=declared,
        token_created_at=now(),
        token_expires_at=token_expires_at,
        scopes=scopes,
    )
    with db.writing() as tx:
        tx.execute(tables.connections.insert().values(asdict(connection) | {"created_at": now()}))
    return connection


def replace_credentials(db: Database, vault: Vault, connection_id: str, credentials: dict[str, Any]) -> None:
    """Store credentials that were renewed without an admin, and forget any trouble."""
    _update(db, connection_id, {"credentials": vault.seal(json.dumps(credentials)), "trouble": ""})


def replace_access(
    db: Database,
    vault: Vault,
    connection_id: str,
    *,
    base_url: str,
    auth: str,
    credentials: dict[str, Any],
    account: User,
    declared: str,
    token_expires_at: int | None,
    scopes: tuple[str, ...],
) -> Connection:
    """Store all that an admin gives anew about how a connection gets in, forget any trouble, and return it."""
    values = {
        "base_url": base_url,
        "auth": auth,
        "credentials": vault.seal(json.dumps(credentials)),
        "account": asdict(account),
        "declared": declared,
        "token_created_at": now(),
        "token_expires_at": token_expires_at,
        "scopes": list(scopes),
        "trouble": "",
    }
    _update(db, connection_id, values)
    return named(db, connection_id)


def set_trouble(db: Database, connection_id: str, reason: str) -> None:
    """Write down why a connection cannot work; empty once it can."""
    _update(db, connection_id, {"trouble": reason})


def remove(db: Database, connection_id: str) -> None:
    """Forget a connection, its projects, its webhooks and all their secrets; deliveries and runs stay."""
    with db.writing() as tx:
        tx.execute(tables.connections.delete().where(tables.connections.c.id == connection_id))


def _update(db: Database, connection_id: str, values: dict[str, Any]) -> None:
    with db.writing() as tx:
        tx.execute(tables.connections.update().where(tables.connections.c.id == connection_id).values(values))


def get(db: Database, connection_id: str) -> Connection | None:
    """Find a connection by its id."""
    with db.reading() as tx:
        row = tx.execute(sa.select(tables.connections).where(tables.connections.c.id == connection_id)).one_or_none()
    return _read(row) if row else None


def every(db: Database) -> list[Connection]:
    """List all connections, oldest first."""
    with db.reading() as tx:
        rows = tx.execute(sa.select(tables.connections).order_by(tables.connections.c.created_at)).all()
    return [_read(row) for row in rows]


def named(db: Database, name: str = "") -> Connection:
    """Find the connection with a name or id, or the only one where none is given.

    Raises StorageError where there is none, or several and no name.
    """
    known = every(db)
    found = [connection for connection in known if not name or name in (connection.name, connection.id)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(connection.name for connection in known)
    if not known:
        raise StorageError("There is no connection yet.", "Run `jira-reactor connect` first.")
    if not found:
        raise StorageError(f"There is no connection {name!r}.", f"There are: {names}.")
    raise StorageError(f"{len(found)} connections fit.", f"Name one with --connection: {names}.")


def _read(row: Any) -> Connection:
    values = dict(row._mapping)
    del values["created_at"]
    values["account"] = User(**values["account"])
    values["scopes"] = tuple(values["scopes"])
    return Connection(**values)
