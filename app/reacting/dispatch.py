"""Deciding: kept deliveries in order of arrival become decisions, and matched routes become runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.engine import Engine
from app.events.event import Event
from app.events.parse import MalformedEvent, parse
from app.reacting import guards
from app.reacting.guards import Bounds
from app.routing.deciding import decide
from app.routing.router import Route, Verdict
from app.storage import connections, deliveries, projects, runs
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.deliveries import Delivery
from app.storage.runs import NewRun

log = structlog.get_logger()

_BATCH = 100


@dataclass(frozen=True)
class Ruling:
    """A decision with its reason, and the runs it asks for."""

    decision: str
    reason: str
    runs: tuple[NewRun, ...] = ()


class Dispatcher:
    """Takes what was kept and not yet decided; of all workers only the leader runs one."""

    def __init__(self, db: Database, engine: Engine, routes: Sequence[Route], bounds: Bounds) -> None:
        self._db = db
        self._engine = engine
        self._routes = routes
        self._bounds = bounds

    def turn(self) -> bool:
        """Decide a batch of deliveries and start their runs; tell whether there was anything to do."""
        waiting = deliveries.undecided(self._db, _BATCH)
        for delivery in waiting:
            ruling = self._rule(delivery)
            if deliveries.decide(self._db, delivery.seq, ruling.decision, ruling.reason, list(ruling.runs)):
                log.info("decided", delivery=delivery.seq, decision=ruling.decision, reason=ruling.reason)
        return self._start_runs() or bool(waiting)

    def _start_runs(self) -> bool:
        # Also finds runs that were decided just before a crash; starting one twice changes nothing.
        unqueued = runs.unqueued(self._db)
        for run in unqueued:
            self._engine.start(run.id, partition=f"{run.connection_id}:{run.issue or run.delivery}")
        if unqueued:
            runs.queued(self._db, [run.id for run in unqueued])
        return bool(unqueued)

    def _rule(self, delivery: Delivery) -> Ruling:
        connection = connections.get(self._db, delivery.connection_id)
        if connection is None:
            return Ruling("refused", "The connection this was sent to has been removed.")
        try:
            event = parse(json.loads(delivery.body))
        except (MalformedEvent, ValueError, RecursionError) as error:
            return Ruling("malformed", str(error))
        if reason := guards.wrong_site(event, connection):
            return Ruling("refused", reason)
        if reason := guards.own_comment(self._db, event, connection):
            return Ruling("ignored", reason)
        authorized = projects.authorized(self._db, connection.id)
        turned_on = projects.turned_on(self._db, connection.id, event.project)
        outcome = decide(
            event, self._routes, connection.account, authorized=authorized.__contains__, turned_on=turned_on
        )
        if outcome.decision != "handled":
            return Ruling(outcome.decision, outcome.reason)
        return self._handle(delivery, connection, event, outcome.matched, outcome.reason)

    def _handle(
        self, delivery: Delivery, connection: Connection, event: Event, matched: Sequence[Verdict], reason: str
    ) -> Ruling:
        issue = event.issue.id if event.issue else ""
        hops = guards.hop(self._db, event, connection, issue)
        if bounded := guards.out_of_bounds(self._db, connection, issue, hops, self._bounds):
            return Ruling("ignored", bounded)
        wanted, told = [], None
        for position, verdict in enumerate(matched):
            # A replay is asked for, so it reacts to a fact again.
            fact = None if delivery.replay_of is not None else event.fact_of(verdict.event) or None
            told = runs.told(self._db, connection.id, verdict.route.id, fact) if fact else None
            if told is None:
                wanted.append(
                    NewRun(
                        id=runs.run_id(delivery.seq, position, verdict.route.id),
                        delivery=delivery.seq,
                        connection_id=connection.id,
                        issue=issue,
                        issue_key=event.issue.key if event.issue else "",
                        project=event.project,
                        route=verdict.route.id,
                        fact=fact,
                        hop=hops,
                    )
                )
        if not wanted:
            return Ruling("duplicate", f"Delivery {told} told the same, and its runs reacted to it.")
        return Ruling("handled", reason, tuple(wanted))
