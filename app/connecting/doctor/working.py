"""Checks of who does the work: the worker, the droid, the handlers."""

import os
import shutil
from collections.abc import Iterator

from app.connecting.doctor.check import Check, fail, ok, warn
from app.connecting.status.stored import LATE, SILENT
from app.droids import prompts
from app.droids.environment import allowed
from app.droids.making import make
from app.routing import load, unauthorized
from app.settings import Settings
from app.storage import connections, deliveries, projects, workers
from app.storage.database import Database, now


def worker(db: Database) -> Check:
    """Listen for a worker's heartbeat."""
    living = workers.alive(db, SILENT)
    if not living:
        return fail("worker", "No worker is alive, so nothing reacts.", "Run `jira-reactor serve` or `worker`.")
    return ok("worker", f"{len(living)} alive.")


def backlog(db: Database) -> Check:
    """Look at what waits for a decision."""
    waiting, since = deliveries.count_undecided(db), deliveries.waiting_since(db)
    late = 0 if since is None else now() - since
    if late > LATE:
        said = f"{waiting} deliveries wait for a decision, the first for {late // 1000} s."
        return fail("backlog", said, "Read the worker's log.")
    return ok("backlog", f"{waiting} deliveries wait for a decision.")


def droid(settings: Settings) -> Check:
    """Make the droid and look for its program."""
    make(settings.droid, settings)
    if settings.droid == "http":
        # Nobody is asked: whatever is sent there would be a task.
        return ok("droid", f"The http droid hands tasks to {settings.droid_url}.")
    if settings.droid != "command":
        return ok("droid", f"The {settings.droid} droid is built in.")
    program = settings.droid_command[0]
    # As the droid will look for it, with the few variables it gets.
    path = allowed(settings.droid_env, os.environ).get("PATH", os.defpath)
    found = shutil.which(program, path=path)
    if found is None:
        said = f"The program {program!r} that JIRA_REACTOR_DROID_COMMAND names was not found."
        return fail("droid", said, "Install it, or give its full path, executable by the worker's user.")
    return ok("droid", f"The command droid runs {found}.")


def handlers(settings: Settings, db: Database | None) -> Iterator[Check]:
    """Load the handler files and their prompts, and look for routes that wait for projects nobody authorized."""
    routes = load(settings.handler_folders)
    prompts.check((route.place[0] for route in routes), settings.handler_folders)
    if not routes:
        yield warn("handlers", "There are no routes, so nothing is reacted to.", "Put a handler file into handlers/.")
        return
    yield ok("handlers", f"{len(routes)} routes are loaded.")
    if db is None:
        return
    keys = {key for connection in connections.every(db) for key in projects.authorized(db, connection.id)}
    for said in unauthorized(routes, keys):
        yield warn("handlers", said, "Run `jira-reactor projects authorize KEY`, or correct the handler.")
