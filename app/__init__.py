"""The roof: what wires the rooms together. Imports stand inside, so that importing a room costs that room alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.connecting.budget import Budgets
    from app.droids.base import Autonomy
    from app.engine import Schedule
    from app.jira import Jira
    from app.reacting.manners import Manners
    from app.reacting.team import Team
    from app.reacting.worker import Worker
    from app.routing import Route
    from app.settings import Settings
    from app.storage.connections import Connection
    from app.storage.database import Database
    from app.storage.vault import Vault


def create_app(settings: Settings | None = None) -> Flask:
    """Make the web application; it touches the database only when a request needs it."""
    import os

    from flask import Flask

    from app import cli, logs
    from app.connecting.consent import RoundTrip
    from app.receiving.callbacks import CallbackReceiver
    from app.receiving.receive import Receiver
    from app.settings import load
    from app.storage.database import Database
    from app.storage.vault import Vault
    from app.web import droids, errors, health, hooks, oauth
    from app.web.large import FewLarge

    settings = settings or load(os.environ)
    logs.configure(settings.log_level, settings.log_format)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    db = app.extensions["database"] = Database(settings.database_url)
    vault = Vault(settings.keys, settings.home)
    app.register_blueprint(hooks.blueprint(Receiver(db, vault)))
    app.register_blueprint(droids.blueprint(CallbackReceiver(db, settings.droid_secret)))
    app.register_blueprint(oauth.blueprint(RoundTrip(db, vault, settings)))
    app.register_blueprint(health.blueprint(db))
    errors.init_app(app)
    app.wsgi_app = FewLarge(app.wsgi_app)  # type: ignore[method-assign]
    cli.add_to(app)
    return app


def create_worker(settings: Settings) -> Worker:
    """Make the worker; raises RouteError or PromptError for what cannot be used as it is written."""
    from app import logs
    from app.connecting.budget import Budgets
    from app.engine import Engine, Patience
    from app.reacting.dispatch import Dispatcher
    from app.reacting.guards import Bounds
    from app.reacting.minding import Minder
    from app.reacting.react import Reactor
    from app.reacting.worker import Worker, executor_name
    from app.storage.database import Database
    from app.storage.vault import Vault

    logs.configure(settings.log_level, settings.log_format)
    db, vault = Database(settings.database_url), Vault(settings.keys, settings.home)
    routes, budgets = _routes(settings), Budgets(db)
    engine = Engine(settings.database_url, executor=executor_name(), concurrency=settings.concurrency)

    def open_for(connection: Connection) -> Jira:
        return open_jira(connection, vault, db, settings, budgets)

    schedules = _schedules(db, vault, settings, open_for)
    droids, manners = make_team(settings), make_manners(settings)
    folders = settings.handler_folders
    reactor = Reactor(
        db, engine, routes, team=droids, open_jira=open_for, patience=Patience(), manners=manners, folders=folders
    )
    bounds = Bounds(runs_per_issue=settings.runs_per_issue, hops=settings.hops)
    return Worker(
        db,
        engine,
        Dispatcher(db, engine, routes, bounds, manners),
        reactor.react,
        minder=Minder(db, engine, droids, open_for, manners),
        schedules=schedules,
        at_start=schedules["refresh-webhooks"][1],
    )


def _routes(settings: Settings) -> list[Route]:
    from app.droids import prompts
    from app.routing.loading import load

    routes = load(settings.handler_folders)
    prompts.check((route.place[0] for route in routes), settings.handler_folders)
    return routes


def make_team(settings: Settings) -> Team:
    """Make the droids that the settings name; raises DroidUnknown or DroidMisconfigured."""
    from app.droids.making import team
    from app.reacting.team import Team

    autonomy = cast("Autonomy", settings.droid_autonomy)
    return Team(team(settings), timeout=settings.droid_timeout, autonomy=autonomy)


def make_manners(settings: Settings) -> Manners:
    """Take from the settings how droids behave in Jira."""
    from app.reacting.manners import Manners

    return Manners(
        acknowledge_after=settings.acknowledge_after,
        progress=settings.progress_seconds,
        stale_after=settings.stale_after,
        words=dict(settings.command_words),
    )


def _schedules(
    db: Database, vault: Vault, settings: Settings, open_for: Callable[[Connection], Jira]
) -> dict[str, Schedule]:
    from app import webhooks
    from app.connecting import schedules

    return webhooks.schedules(db, vault, settings, open_for) | schedules.schedules(db, open_for)


def open_jira(
    connection: Connection, vault: Vault, db: Database, settings: Settings, budgets: Budgets | None = None
) -> Jira:
    """Make the client of a connection, with its credentials unsealed; who makes many gives them the same `budgets`."""
    from app.connecting.budget import Budgets
    from app.connecting.tokens import TokenSource
    from app.jira import connect
    from app.jira.auth import restore

    tokens = TokenSource(db, vault, connection.id, settings)
    auth = restore(connection.auth, connection.unseal(vault), tokens=tokens)
    budget = (budgets or Budgets(db)).of(connection.id)
    return connect(connection.deployment, connection.base_url, auth, budget=budget)
