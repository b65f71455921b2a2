"""All checks, in the order in which one thing rests on another."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from app.connecting.doctor import machine, reaching, storing, working
from app.connecting.doctor.check import Check, done, warn
from app.connecting.doctor.connected import Compare, connection_checks
from app.connecting.doctor.hiding import hide, secrets_of
from app.connecting.status import stored_status
from app.jira import Jira
from app.settings import Settings
from app.storage import connections
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault


def examine(
    settings: Settings,
    *,
    open_jira: Callable[[Connection], Jira],
    compare: Compare,
    environ: Mapping[str, str],
) -> Iterator[Check]:
    """Yield what each check finds; nothing is changed, and no secret is said."""
    db, vault = Database(settings.database_url), Vault(settings.keys, settings.home)
    try:
        try:
            secrets = secrets_of(settings, db, vault)
        except Exception:
            # The checks of the key and of the database say why; what cannot be read here cannot be told there.
            secrets = frozenset()
        for check in _checks(settings, db, vault, open_jira, compare, environ):
            yield hide(check, secrets)
    finally:
        db.close()


def _checks(
    settings: Settings,
    db: Database,
    vault: Vault,
    open_jira: Callable[[Connection], Jira],
    compare: Compare,
    environ: Mapping[str, str],
) -> Iterator[Check]:
    yield from done("home", lambda: machine.home(settings))
    yield from done("disk", lambda: machine.disk(settings))
    yield from done("vault key", lambda: machine.vault_key(settings, vault))
    stored = [
        *done("database", lambda: storing.database(db)),
        *done("migrations", lambda: storing.migrations(db)),
    ]
    yield from stored
    usable = all(check.outcome == "ok" for check in stored)
    yield from done("droid", lambda: working.droids(settings))
    yield from done("handlers", lambda: working.handlers(settings, db if usable else None))
    if not usable:
        yield warn("the rest", "The rest needs the database and was not looked at.", "Mend the database first.")
        return
    yield from done("engine", lambda: storing.engine(settings))
    yield from done("worker", lambda: working.worker(db))
    yield from done("backlog", lambda: working.backlog(db))
    yield from done("secrets", lambda: storing.secrets(db, vault))
    yield from _outside(settings, db, open_jira, compare, environ)


def _outside(
    settings: Settings,
    db: Database,
    open_jira: Callable[[Connection], Jira],
    compare: Compare,
    environ: Mapping[str, str],
) -> Iterator[Check]:
    known = connections.every(db)
    yield from done("proxy", lambda: machine.proxies([c.base_url for c in known], environ))
    if not known:
        yield warn("connections", "There is no connection yet.", "Run `jira-reactor connect URL`.")
        return
    yield from done("public URL", lambda: reaching.reachability(settings.public_url, known))
    for told in stored_status(db).connections:
        yield from done(told.connection.name, partial(connection_checks, db, told, open_jira, compare))
