"""What keeps webhooks alive and finds what they lost, without anybody asking for it."""

from collections.abc import Callable

import structlog

from app.errors import ReactorError
from app.jira import Jira
from app.settings import Settings
from app.storage import connections, findings
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault
from app.webhooks.reconcile import reconcile
from app.webhooks.refresh import refresh
from app.webhooks.sweep import SETTLE, sweep

log = structlog.get_logger()

#: A cron expression, and what to do at its times.
Schedule = tuple[str, Callable[[], None]]


def schedules(
    db: Database, vault: Vault, settings: Settings, open_jira: Callable[[Connection], Jira]
) -> dict[str, Schedule]:
    """Return what a worker does at its times, by name; "refresh-webhooks" is to be done once at its start as well."""

    def each(what: str, do: Callable[[Connection, Jira], object]) -> Callable[[], None]:
        return lambda: _for_each(db, open_jira, what, do)

    return {
        "refresh-webhooks": ("23 4 * * *", each("refreshed", lambda c, jira: refresh(db, c, jira))),
        "reconcile-webhooks": (
            "41 * * * *",
            each("reconciled", lambda c, jira: _reconcile(db, vault, c, jira, settings)),
        ),
        "sweep": ("*/10 * * * *", each("swept", lambda c, jira: _sweep(db, c, jira))),
    }


def _for_each(
    db: Database, open_jira: Callable[[Connection], Jira], what: str, do: Callable[[Connection, Jira], object]
) -> None:
    for connection in connections.every(db):
        # One that cannot work until an admin reconnects would only be refused.
        if connection.trouble:
            continue
        try:
            do(connection, open_jira(connection))
        except ReactorError as error:
            log.warning(f"not {what}", connection=connection.name, reason=str(error))


def _reconcile(db: Database, vault: Vault, connection: Connection, jira: Jira, settings: Settings) -> None:
    found = reconcile(db, vault, connection, jira, settings)
    for finding in found:
        if finding.repaired:
            log.info("webhook repaired", connection=connection.name, finding=finding.text)
    left = [finding.text for finding in found if not finding.repaired]
    if findings.keep(db, connection.id, "webhooks", left):
        for text in left:
            log.warning("webhook not as it must be", connection=connection.name, finding=text)


def _sweep(db: Database, connection: Connection, jira: Jira) -> None:
    for swept in sweep(db, connection, jira, settle=SETTLE):
        if swept.made:
            log.info("found what Jira did not push", connection=connection.name, project=swept.project, made=swept.made)
        if swept.trouble:
            log.warning("not swept", connection=connection.name, project=swept.project, reason=swept.trouble)
