"""The access token of a connection, refreshed by one process for all."""

from typing import Any

import structlog

from app.connecting.oauth import AuthorizationServer, Grant, GrantDead, application
from app.jira.errors import Unauthenticated
from app.settings import Settings, SettingsError
from app.storage import connections
from app.storage.connections import Connection
from app.storage.database import Database, StorageError, now
from app.storage.vault import Vault

#: A token is renewed so many milliseconds before it ends, lest it end on its way to Jira.
EARLY = 120_000

log = structlog.get_logger()


class TokenSource:
    """Gives the access token of a connection that lives on them (oauth, client_credentials).

    A refresh token works once, so whoever refreshes holds the connection's lock, looks whether another was faster,
    and stores what came before anybody uses it.
    """

    def __init__(self, db: Database, vault: Vault, connection_id: str, settings: Settings) -> None:
        self._db = db
        self._vault = vault
        self._id = connection_id
        self._settings = settings
        self._held: dict[str, Any] = {}

    def __call__(self, stale: bool) -> str:
        """Return the access token; where Jira refused the one given before, `stale`, another one.

        Raises Unauthenticated where only an admin can help, Unreachable where waiting can.
        """
        if not stale and not _lasts(self._held):
            self._held = self._stored().unseal(self._vault)
        if stale or not _lasts(self._held):
            with self._db.exclusive(f"tokens {self._id}"):
                self._held = self._renewed(refused=self._held.get("access_token", "") if stale else "")
        return str(self._held["access_token"])

    def _renewed(self, refused: str) -> dict[str, Any]:
        connection = self._stored()
        stored = connection.unseal(self._vault)
        if _lasts(stored) and stored["access_token"] != refused:
            return stored
        try:
            fresh = stored | self._grant(connection, stored).credentials
        except Unauthenticated as error:
            raise self._trouble(connection, error) from None
        connections.replace_credentials(self._db, self._vault, self._id, fresh)
        return fresh

    def _stored(self) -> Connection:
        connection = connections.get(self._db, self._id)
        if connection is None:
            raise StorageError("The connection was removed.", "Connect again with `jira-reactor connect`.")
        return connection

    def _grant(self, connection: Connection, stored: dict[str, Any]) -> Grant:
        if connection.auth == "client_credentials":
            return AuthorizationServer(
                self._settings, stored["client_id"], stored["client_secret"]
            ).client_credentials()
        if not stored.get("refresh_token"):
            raise GrantDead("The consent came without a refresh token.", sent=False)
        try:
            server = application(self._settings)
        except SettingsError as missing:
            raise Unauthenticated(missing.message, missing.cure, sent=False) from None
        return server.refresh(stored["refresh_token"])

    def _trouble(self, connection: Connection, error: Unauthenticated) -> Unauthenticated:
        reason = error.message
        if isinstance(error, GrantDead):
            reason = f"Reconnect needed: {reason}"
        if reason != connection.trouble:
            log.error("connection in trouble", connection=connection.name, reason=reason)
            connections.set_trouble(self._db, self._id, reason)
        cure = f"Run `jira-reactor reconnect {connection.name}`." if isinstance(error, GrantDead) else error.cure
        return Unauthenticated(f"{connection.name}: {reason}", cure, sent=False)


def _lasts(credentials: dict[str, Any]) -> bool:
    return bool(credentials) and credentials["expires_at"] - EARLY > now()
