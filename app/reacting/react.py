"""One run from its beginning to its end, whatever happens in between."""

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import structlog

from app.droids.base import Droid
from app.droids.prompts import Prompts
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.parse import parse
from app.jira import Jira
from app.reacting.actions import Actions, Stopped
from app.reacting.colleague import Colleague
from app.reacting.context import Context
from app.reacting.desk import Desk
from app.routing.router import Route
from app.storage import connections, deliveries, runs
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.runs import Run

log = structlog.get_logger()

#: A run that ended its worker this often would go on doing so.
_MOST_ATTEMPTS = 10
#: A run that was begun this often and not ended is under suspicion, though it may only have been there when another one
#: ended the worker. Runs under suspicion take turns, so that the next death is on the right one's account.
_SUSPICIOUS_ATTEMPTS = 3


class Abandoned(ReactorError):
    """A run that cannot be worked on any more."""


class Reactor:
    """Works on runs; the engine calls `react` with a run's id, again after a crash."""

    def __init__(
        self,
        db: Database,
        engine: Engine,
        routes: Iterable[Route],
        *,
        droid: Droid,
        droid_timeout: float,
        open_jira: Callable[[Connection], Jira],
        patience: Patience,
        folders: Sequence[Path] = (),
    ) -> None:
        self._db = db
        self._engine = engine
        self._routes = {route.id: route for route in routes}
        self._droid = droid
        self._droid_timeout = droid_timeout
        self._open_jira = open_jira
        self._patience = patience
        self._folders = folders
        self._suspects_turn = threading.Lock()

    def react(self, run_id: str) -> None:
        """Let a run's handler react and write down how it ended; a failure is also said in Jira, once."""
        with self._turn(run_id):
            self._work_on(run_id)

    def _turn(self, run_id: str) -> AbstractContextManager[object]:
        run = self._patience.keep_trying(lambda: runs.get(self._db, run_id))
        return self._suspects_turn if run and run.attempts >= _SUSPICIOUS_ATTEMPTS else nullcontext()

    def _work_on(self, run_id: str) -> None:
        run = self._begin(run_id)
        if run is None or run.state in runs.ENDED:
            return
        logger = log.bind(run=run.id, issue=run.issue_key)
        logger.info("run begins", attempt=run.attempts)
        context = None
        try:
            context = self._context(run, logger)
            self._handle(run, context)
        except Stopped:
            # Whoever stopped it has written down its end, and nobody waits for an answer any more.
            logger.info("run stopped")
        except (Exception, SystemExit) as error:
            # A handler that calls exit() has failed too; whatever else is no Exception is the engine's own.
            logger.error("run failed", exc_info=error)
            self._fail(run, context, error)
        else:
            self._end(run, "complete")
            logger.info("run complete")

    def _begin(self, run_id: str) -> Run | None:
        def begin() -> Run | None:
            runs.begin(self._db, run_id)
            return runs.get(self._db, run_id)

        return self._patience.keep_trying(begin)

    def _handle(self, run: Run, context: Context) -> None:
        if run.attempts > _MOST_ATTEMPTS:
            raise Abandoned(
                f"The run was begun {run.attempts - 1} times and its worker ended each time.",
                "See the worker's log for what ends it, then `jira-reactor replay`.",
            )
        route = self._routes.get(run.route)
        if route is None:
            raise Abandoned(f"The route {run.route} is gone from the handlers.", "Bring it back, then replay.")
        route.handler(context)

    def _context(self, run: Run, logger: structlog.typing.FilteringBoundLogger) -> Context:
        delivery = self._patience.keep_trying(lambda: deliveries.get(self._db, run.delivery))
        connection = self._patience.keep_trying(lambda: connections.get(self._db, run.connection_id))
        if delivery is None or connection is None:
            raise Abandoned("The run's delivery or connection has been removed.")
        event = parse(json.loads(delivery.body))
        jira = self._open_jira(connection)
        actions = Actions(self._db, self._engine, run, self._patience)
        droid = Colleague(
            connection.account,
            self._droid,
            self._engine,
            self._patience,
            self._droid_timeout,
            jira.comments,
            actions.stopped,
        )
        route = self._routes.get(run.route)
        prompts = Prompts.of(route.place[0], self._folders) if route else Prompts(())
        return Context(event, Desk(jira, actions, event), droid, logger, jira, actions, prompts)

    def _fail(self, run: Run, context: Context | None, error: BaseException) -> None:
        reason = str(error) if isinstance(error, ReactorError) else f"{type(error).__name__} in the handler"
        trace = "".join(traceback.format_exception(error))
        if context is not None and run.issue_key:
            actions = Actions(self._db, self._engine, run, self._patience, afterwards=True)
            try:
                Desk(context._jira, actions, context.event).comment(_apology(run, reason))
            except Exception as unsaid:
                said = unsaid if isinstance(unsaid, ReactorError) else type(unsaid).__name__
                reason = f"{reason} And this could not be said in Jira: {said}"
        self._end(run, "failed", reason=reason, traceback=trace)

    def _end(self, run: Run, state: str, **told: str) -> None:
        # The engine takes an error for the end of a run, which would then stay active here for ever.
        self._patience.keep_trying(lambda: runs.end(self._db, run.id, state, **told))


def _apology(run: Run, reason: str) -> str:
    return (
        f"I could not finish this: {reason}\n\n"
        f"An admin finds the details with `jira-reactor runs {run.id}` and can start again with "
        f"`jira-reactor replay {run.delivery}`."
    )
