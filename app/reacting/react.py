"""One turn of a run from its beginning to its end, whatever happens in between."""

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import structlog

from app.droids.prompts import Prompts
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.parse import parse
from app.jira import Jira
from app.jira.errors import NotFound
from app.reacting.actions import Actions, Stopped
from app.reacting.colleague import Colleague, Paused
from app.reacting.commands import Commands, spoken
from app.reacting.context import Context
from app.reacting.desk import Desk
from app.reacting.manners import Manners
from app.reacting.team import Team
from app.routing.router import Route
from app.storage import connections, deliveries, projects, runs, turns
from app.storage.connections import Connection
from app.storage.database import Database, now
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
    """Works on turns of runs; the engine calls `react` with a run's id and its turn's key, again after a crash."""

    def __init__(
        self,
        db: Database,
        engine: Engine,
        routes: Iterable[Route],
        *,
        team: Team,
        open_jira: Callable[[Connection], Jira],
        patience: Patience,
        manners: Manners | None = None,
        folders: Sequence[Path] = (),
    ) -> None:
        self._db = db
        self._engine = engine
        self._routes = {route.id: route for route in routes}
        self._team = team
        self._open_jira = open_jira
        self._patience = patience
        self._manners = manners or Manners()
        self._commands = Commands(db, self._manners.words)
        self._folders = folders
        self._suspects_turn = threading.Lock()

    def react(self, run_id: str, turn_key: str) -> None:
        """Let a run's handler react and write down how that ended; a failure is also said in Jira, once."""
        with self._turn(run_id):
            run = self._begin(run_id, turn_key)
            if run is not None:
                self._work_on(run)

    def _turn(self, run_id: str) -> AbstractContextManager[object]:
        run = self._patience.keep_trying(lambda: runs.get(self._db, run_id))
        return self._suspects_turn if run and run.attempts >= _SUSPICIOUS_ATTEMPTS else nullcontext()

    def _begin(self, run_id: str, turn_key: str) -> Run | None:
        def begin() -> Run | None:
            return runs.get(self._db, run_id) if runs.begin(self._db, run_id, turn_key) else None

        return self._patience.keep_trying(begin)

    def _work_on(self, run: Run) -> None:
        logger = log.bind(run=run.id, issue=run.issue_key)
        logger.info("run begins", attempt=run.attempts, turn=run.turn)
        context = None
        try:
            context = self._context(run, logger)
            try:
                self._handle(run, context)
            except Paused as pause:
                self._pause(run, context, pause)
                logger.info("run waits", for_=pause.report.state)
                return
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

    def _handle(self, run: Run, context: Context) -> None:
        if run.attempts > _MOST_ATTEMPTS:
            raise Abandoned(
                f"The run was begun {run.attempts - 1} times and its worker ended each time.",
                "See the worker's log for what ends it, then `jira-reactor replay`.",
            )
        route = self._routes.get(run.route)
        handler = route.handler if route else self._commands.handler(run.route)
        if handler is None:
            raise Abandoned(f"The route {run.route} is gone from the handlers.", "Bring it back, then replay.")
        handler(context)

    def _context(self, run: Run, logger: structlog.typing.FilteringBoundLogger) -> Context:
        delivery = self._patience.keep_trying(lambda: deliveries.get(self._db, run.delivery))
        connection = self._patience.keep_trying(lambda: connections.get(self._db, run.connection_id))
        if delivery is None or connection is None:
            raise Abandoned("The run's delivery or connection has been removed.")
        event = parse(json.loads(delivery.body))
        jira = self._open_jira(connection)
        actions = Actions(self._db, self._engine, run, self._patience)
        asker = run.person
        droid = Colleague(
            connection.account,
            self._team,
            self._db,
            run,
            self._engine,
            self._patience,
            jira.comments,
            actions.stopped,
            lambda: self._stay(run, jira),
            self._manners.acknowledge_within,
        )
        route = self._routes.get(run.route)
        prompts = Prompts.of(route.place[0], self._folders) if route else Prompts(())
        command = spoken(event, connection.account, self._manners.words)
        return Context(event, Desk(jira, actions, event, asker), droid, logger, asker, command, jira, actions, prompts)

    def _stay(self, run: Run, jira: Jira) -> None:
        """Stop a run, without a word, whose issue has left the authorized projects while its droid worked."""
        try:
            project = jira.issue(run.issue_key).project
        except NotFound:
            project = ""
        if project not in projects.authorized(self._db, run.connection_id):
            reason = f"The issue is in {project} now, which is not authorized." if project else "The issue is gone."
            with self._db.writing() as tx:
                runs.stop(tx, [run.id], reason, silently=True)
            raise Stopped(reason)

    def _pause(self, run: Run, context: Context, pause: Paused) -> None:
        report, call, keep_trying = pause.report, pause.call, self._patience.keep_trying
        if report.again_in is not None:
            again = now() + int(report.again_in * 1000)
            keep_trying(lambda: turns.put_off(self._db, run, call, again))
        elif report.state == "working":
            until = now() + int(pause.timeout * 1000)
            keep_trying(lambda: turns.hand_over(self._db, run, call, report.session, until))
        elif keep_trying(lambda: turns.ask(self._db, run, call, report.question, report.session)):
            comment = self._apart(run, context, f"question/{run.turn}/").answer(_question(report.text, report.question))
            keep_trying(lambda: turns.asked(self._db, run, comment))

    def _apart(self, run: Run, context: Context, name: str) -> Desk:
        """Make a desk for what is written apart from the handler."""
        actions = Actions(self._db, self._engine, run, self._patience, apart=name)
        return Desk(context._jira, actions, context.event, context.asker)

    def _fail(self, run: Run, context: Context | None, error: BaseException) -> None:
        reason = str(error) if isinstance(error, ReactorError) else f"{type(error).__name__} in the handler"
        trace = "".join(traceback.format_exception(error))
        if context is not None and run.issue_key:
            try:
                self._apart(run, context, "after/").answer(_apology(run, reason))
            except Exception as unsaid:
                said = unsaid if isinstance(unsaid, ReactorError) else type(unsaid).__name__
                reason = f"{reason} And this could not be said in Jira: {said}"
        self._end(run, "failed", reason=reason, traceback=trace)

    def _end(self, run: Run, state: str, **told: str) -> None:
        # The engine takes an error for the end of a run, which would then stay active here for ever.
        self._patience.keep_trying(lambda: runs.end(self._db, run.id, state, **told))


def _question(text: str, question: str) -> str:
    asked = f"**I need an answer to go on:** {question}\n\nReply with my mention, or in this thread."
    return f"{text}\n\n{asked}" if text else asked


def _apology(run: Run, reason: str) -> str:
    return (
        f"I could not finish this: {reason}\n\n"
        f"An admin finds the details with `jira-reactor runs {run.id}` and can start again with "
        f"`jira-reactor replay {run.delivery}`."
    )
