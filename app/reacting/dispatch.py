"""Deciding: kept deliveries in order of arrival become decisions, and matched routes become runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog

from app.engine import Engine
from app.events.event import Event
from app.events.parse import MalformedEvent, parse
from app.reacting import conversing, guards
from app.reacting.beginnings import new_run
from app.reacting.commands import PREFIX
from app.reacting.endings import endings, trigger
from app.reacting.guards import Bounds
from app.reacting.manners import Manners
from app.routing.deciding import Outcome, decide
from app.routing.router import Route
from app.storage import connections, deliveries, projects, runs, turns
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.deliveries import Delivery, Effect
from app.storage.runs import Run

log = structlog.get_logger()

_BATCH = 100


@dataclass(frozen=True)
class Ruling:
    """A decision with its reason, and what it brings about."""

    decision: str
    reason: str
    effects: tuple[Effect, ...] = ()


class Dispatcher:
    """Takes what was kept and not yet decided; of all workers only the leader runs one."""

    def __init__(
        self, db: Database, engine: Engine, routes: Sequence[Route], bounds: Bounds, manners: Manners | None = None
    ) -> None:
        self._db = db
        self._engine = engine
        self._routes = routes
        self._bounds = bounds
        self._manners = manners or Manners()

    def turn(self) -> bool:
        """Decide a batch of deliveries and start their runs; tell whether there was anything to do."""
        waiting = deliveries.undecided(self._db, _BATCH)
        for delivery in waiting:
            ruling = self._rule(delivery)
            if deliveries.decide(self._db, delivery.seq, ruling.decision, ruling.reason, ruling.effects):
                log.info("decided", delivery=delivery.seq, decision=ruling.decision, reason=ruling.reason)
        return self._start_runs() or bool(waiting)

    def _start_runs(self) -> bool:
        # Also finds runs that were decided just before a crash; starting one twice changes nothing.
        unqueued = runs.unqueued(self._db)
        for run in unqueued:
            place = f"{run.connection_id}:{run.issue or run.delivery}"
            if run.turn_key != run.id:
                after = str((run.reply or {}).get("after", run.id))
                self._engine.go_on(run.id, key=run.turn_key, after=after, partition=place, lane=run.lane)
            else:
                self._engine.start(run.id, partition=place, lane=run.lane)
        if unqueued:
            runs.queued(self._db, unqueued)
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
        authorized = projects.authorized(self._db, connection.id)
        issue = event.issue.id if event.issue else ""
        living = runs.live(self._db, connection.id, issue) if issue else []
        ruling = self._react(delivery, connection, event, living, authorized)
        return self._end_runs(ruling, event, living, connection, authorized)

    def _end_runs(
        self, ruling: Ruling, event: Event, living: Sequence[Run], connection: Connection, authorized: frozenset[str]
    ) -> Ruling:
        """Add to a ruling that the event ends runs which are there already."""
        for ending in endings(event, living, connection.account, authorized):
            ids = [run.id for run in ending.runs]
            stop = partial(runs.stop, ids=ids, reason=ending.reason, silently=ending.silently)
            reason = f"{ruling.reason} Stopped {', '.join(ids)}: {ending.reason}"
            ruling = replace(ruling, reason=reason, effects=(stop, *ruling.effects))
        return ruling

    def _react(
        self,
        delivery: Delivery,
        connection: Connection,
        event: Event,
        living: Sequence[Run],
        authorized: frozenset[str],
    ) -> Ruling:
        if reason := guards.own_comment(self._db, event, connection):
            return Ruling("ignored", reason)
        turned_on = projects.turned_on(self._db, connection.id, event.project)
        outcome = decide(
            event, self._routes, connection.account, authorized=authorized.__contains__, turned_on=turned_on
        )
        if outcome.decision not in ("handled", "unmatched"):
            return Ruling(outcome.decision, outcome.reason)
        said = self._hear(delivery, connection, event, living)
        if said or outcome.decision == "unmatched":
            return said or Ruling(outcome.decision, outcome.reason)
        hops = guards.hop(self._db, event, connection, event.issue.id if event.issue else "")
        if bounded := self._bounded(connection, event, hops):
            return bounded
        return self._handle(delivery, connection, event, outcome, hops)

    def _bounded(self, connection: Connection, event: Event, hops: int) -> Ruling | None:
        issue = event.issue.id if event.issue else ""
        reason = guards.out_of_bounds(self._db, connection, issue, hops, self._bounds)
        return Ruling("ignored", reason) if reason else None

    def _hear(self, delivery: Delivery, connection: Connection, event: Event, living: Sequence[Run]) -> Ruling | None:
        """Rule on what somebody says to the droid in a comment; None where it is for the handlers."""
        if event.comment is None or not event.project or event.issue is None:
            return None
        # A replay is asked for, so it is heeded again.
        fact = None if delivery.replay_of is not None else event.fact_of("comment_created") or None
        if told := self._heard_before(connection, fact):
            return Ruling("duplicate", f"Delivery {told} told the same comment, and it was heeded.")
        word = conversing.command(event, connection.account, living, self._manners.words)
        asking = None if word else conversing.answered(event, connection.account, living)
        if not word and asking is None:
            return None
        hops = guards.hop(self._db, event, connection, event.issue.id)
        if word != "stop" and (bounded := self._bounded(connection, event, hops)):
            return bounded
        by = event.comment.author.name if event.comment.author else "Somebody"
        route = f"{PREFIX}{word}" if word else conversing.ANSWER
        new = new_run(delivery.seq, connection, event, route, fact=fact, hops=hops)
        if asking is None:
            insert = partial(runs.insert, runs=[replace(new, lane="replies")])
            return Ruling("handled", f"{by} told the droid: {word}.", (insert,))
        reply = {"answer": conversing.words(event, connection.account), "by": by}
        resume = partial(turns.resume, run=asking, reply=reply, after=delivery.seq)
        return Ruling("handled", f"{by} answered the question of {asking.id}.", (resume, partial(runs.record, run=new)))

    def _heard_before(self, connection: Connection, fact: str | None) -> int | None:
        return runs.told(self._db, connection.id, fact, *conversing.ROUTES) if fact else None

    def _handle(self, delivery: Delivery, connection: Connection, event: Event, outcome: Outcome, hops: int) -> Ruling:
        wanted, told = [], None
        for position, verdict in enumerate(outcome.matched):
            # A replay is asked for, so it reacts to a fact again.
            fact = None if delivery.replay_of is not None else event.fact_of(verdict.event) or None
            route = verdict.route
            told = runs.told(self._db, connection.id, fact, route.id) if fact else None
            if told is None:
                new = new_run(delivery.seq, connection, event, route.id, fact=fact, hops=hops, position=position)
                wanted.append(replace(new, acknowledge=route.acknowledge, trigger=trigger(route, event)))
        if not wanted:
            return Ruling("duplicate", f"Delivery {told} told the same, and its runs reacted to it.")
        insert = partial(runs.insert, runs=wanted, acknowledge_within=self._manners.acknowledge_within)
        return Ruling("handled", outcome.reason, (insert,))
