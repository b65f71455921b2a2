"""Checks of who does the work: the worker, the droid, the handlers."""

import os
from collections.abc import Iterator
from functools import partial

from app.connecting.doctor.check import Check, done, fail, ok, warn
from app.connecting.doctor.factory import factory
from app.connecting.status.stored import LATE, SILENT
from app.droids import prompts
from app.droids.command import CommandDroid
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


def droids(settings: Settings) -> Iterator[Check]:
    """Make every droid of the team and look for its program."""
    for name in dict.fromkeys((settings.droid, *settings.droids)):
        yield from done("droid", partial(_droid, name, settings))


def _droid(name: str, settings: Settings) -> Check | Iterator[Check]:
    made = make(name, settings)
    if isinstance(made, CommandDroid):
        return ok("droid", f"The {name} droid runs {made.program()}.")
    if name == "factory":
        return factory(settings, os.environ)
    if name == "http":
        # Nobody is asked: whatever is sent there would be a task.
        return ok("droid", f"The http droid hands tasks to {settings.droid_url}.")
    return ok("droid", f"The {name} droid is built in.")


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
