"""What a status can tell from what is stored, without asking Jira: quick enough for a probe."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime

from app.connecting.status.lifetime import DAY, Lifetime, lifetime
from app.connecting.status.values import ConnectionStatus, Problem, Status
from app.storage import connections, deliveries, findings, pauses, projects, webhooks, workers
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.webhooks import Webhook

#: A worker beats every two seconds; after this many milliseconds without, others take over its runs.
SILENT = 10_000
#: A worker decides within a second; a delivery that waited this long means it does not keep up.
LATE = 60_000
#: Refreshing begins half a webhook's life before its end, so with this little left it fails.
_NEARLY_EXPIRED = 5 * DAY


def stored_status(db: Database) -> Status:
    """Tell how the installation and each connection fare by what is stored."""
    told = tuple(_connection(db, connection) for connection in connections.every(db))
    alive = bool(workers.alive(db, SILENT))
    return Status(told, tuple(_common(db, told, alive)), deliveries.count_undecided(db), alive)


def _common(db: Database, told: tuple[ConnectionStatus, ...], alive: bool) -> Iterator[Problem]:
    if not told:
        yield Problem("Degraded", "There is no connection yet.", "Run `jira-reactor connect URL`.")
    if not alive:
        yield Problem(
            "Degraded",
            "No worker is alive, so deliveries are kept but nothing reacts to them.",
            "Run `jira-reactor serve`, or `jira-reactor worker` beside the receiver, and read its log if it ends.",
        )
    since = deliveries.waiting_since(db)
    if alive and since is not None and now() - since > LATE:
        yield Problem(
            "Degraded",
            f"A delivery has waited {(now() - since) // 1000} s for its decision.",
            "Read the worker's log; if it is only busy, run workers on more machines (PostgreSQL).",
        )


def _connection(db: Database, connection: Connection) -> ConnectionStatus:
    keys = tuple(sorted(projects.authorized(db, connection.id)))
    hooks = tuple(webhooks.of_connection(db, connection.id))
    token = lifetime(connection, now())
    problems = [
        *_credentials(connection, token),
        *_webhooks(connection, keys, hooks),
        *_pause(db, connection),
        *_permissions(db, connection, keys),
    ]
    return ConnectionStatus(connection, keys, token, hooks, tuple(problems))


def reconnect(connection: Connection) -> str:
    """Say how credentials are replaced."""
    made = (
        "" if connection.auth == "oauth" else f"Make new credentials for {connection.account.name} in Jira, then run "
    )
    return f"{made or 'Run '}`jira-reactor reconnect {shlex.quote(connection.name)}`."


def _credentials(connection: Connection, token: Lifetime) -> Iterator[Problem]:
    if connection.trouble:
        yield Problem("Reconnect needed", connection.trouble, reconnect(connection))
    elif token.ended and token.ends_at:
        yield Problem("Reconnect needed", f"The credentials ended on {day(token.ends_at)}.", reconnect(connection))


def _webhooks(connection: Connection, keys: tuple[str, ...], hooks: tuple[Webhook, ...]) -> Iterator[Problem]:
    if keys and not hooks:
        said = "No webhook is registered, so Jira pushes nothing."
        yield Problem("Degraded", said, f"Run `jira-reactor webhooks register --connection {connection.name}`.")
    for hook in hooks:
        left = None if hook.expires_at is None else hook.expires_at - now()
        if left is None or left > _NEARLY_EXPIRED:
            continue
        if left > 0:
            said, do = f"expires on {day(hook.expires_at or 0)} and was not refreshed", "refresh"
        else:
            said, do = "has expired in Jira", "doctor"
        cure = f"Run `jira-reactor webhooks {do} --connection {connection.name}`; a worker does so by itself."
        yield Problem("Degraded", f"Webhook {hook.jira_id} {said}.", cure)


def _pause(db: Database, connection: Connection) -> Iterator[Problem]:
    until = pauses.until(db, connection.id).get("all")
    if until is not None:
        said = f"Jira asked us to send nothing before {moment(until)}, because its quota is used up."
        yield Problem("Degraded", said, "Wait; if it happens often, let fewer routes react, or ask Atlassian for more.")


def _permissions(db: Database, connection: Connection, keys: tuple[str, ...]) -> Iterator[Problem]:
    for key in keys:
        found = findings.last(db, connection.id, f"permissions:{key}")
        if isinstance(found, dict) and found.get("verdict") == "cannot work":
            said = f"The last audit found that the account cannot work in {key}: it lacks {', '.join(found['lacks'])}."
            yield Problem("Degraded", said, f"Run `jira-reactor permissions {key}`; it says where to mend it.")


def moment(milliseconds: int) -> str:
    """Write a time for people."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def day(milliseconds: int) -> str:
    """Write a day for people."""
    return moment(milliseconds)[:10]
