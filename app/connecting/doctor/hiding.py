"""Keeping every secret of the installation out of what the doctor says."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from app.connecting.doctor.check import Check
from app.droids.redacting import redact
from app.errors import ReactorError
from app.settings import Settings
from app.storage import connections, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

#: Parts of credentials that are no secrets.
_OPEN = frozenset({"email", "cloud_id", "client_id", "expires_at"})


def hide(check: Check, secrets: Collection[str]) -> Check:
    """Blank out these secrets in a check, and whatever looks like one."""
    return replace(check, said=_hidden(check.said, secrets), cure=_hidden(check.cure, secrets))


def _hidden(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return redact(text, {})


def secrets_of(settings: Settings, db: Database, vault: Vault) -> frozenset[str]:
    """Collect every secret we can get at; what cannot be unsealed cannot be said either."""
    found = [*_settings(settings)]
    if not settings.keys and vault.key_file.exists():
        found.append(vault.key_file.read_text().strip())
    try:
        for connection in connections.every(db):
            found += _credentials(connection, vault)
            found += _webhooks(db, connection, vault)
    except ReactorError:
        pass  # The check of the database says it.
    return frozenset(filter(None, found))


def _settings(settings: Settings) -> Iterator[str]:
    yield from (key.strip() for key in settings.keys.split(","))
    yield from (settings.oauth_client_secret, settings.droid_secret)
    password = urlsplit(settings.database_url).password or ""
    yield from {password, unquote(password)}


def _credentials(connection: Connection, vault: Vault) -> Iterator[str]:
    try:
        opened = connection.unseal(vault)
    except (ReactorError, json.JSONDecodeError):
        return
    yield from (str(value) for name, value in opened.items() if name not in _OPEN)


def _webhooks(db: Database, connection: Connection, vault: Vault) -> Iterator[str]:
    for _, sealed in webhooks.sealed_secrets(db, connection.id) or ():
        try:
            yield vault.unseal(sealed)
        except ReactorError:
            continue
