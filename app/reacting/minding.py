"""Looking after runs while they wait and work: status comments, signs of life, deadlines of droids elsewhere."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from app.droids.base import Remote
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.parse import parse
from app.jira import Jira
from app.jira.errors import NotFound
from app.reacting.actions import Actions
from app.reacting.desk import Desk
from app.reacting.manners import Manners
from app.reacting.status import standing
from app.reacting.team import Team
from app.storage import callbacks, connections, deliveries, projects, runs, telling, turns
from app.storage.callbacks import Callback
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.runs import Run

log = structlog.get_logger()

#: Seconds between two looks, and how many status comments are written at the same time.
_LOOK = 0.25
_WRITERS = 8
_BATCH = 100
#: Milliseconds until a status comment that Jira did not take is tried again.
_AGAIN = 15_000
#: The longer a run takes, the rarer its status comment is edited: after a tenth of its time so far, but at the latest
#: after so many milliseconds.
_RAREST = 300_000
#: Milliseconds between two edits of whichever status comments.
_SHARE = 500


class Minder:
    """Tells in Jira how runs stand, by what is stored of them; of all workers only the leader has one at work.

    What is told follows from the run's row alone, so that whoever leads next tells it where this one could not.
    """

    def __init__(
        self,
        db: Database,
        engine: Engine,
        team: Team,
        open_jira: Callable[[Connection], Jira],
        manners: Manners,
    ) -> None:
        self._db = db
        self._engine = engine
        self._team = team
        self._open_jira = open_jira
        self._manners = manners
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="minder")
        self._looked = 0.0
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    def turn(self) -> bool:
        """Look what is to be done and let it be done; returns at once, with whether a run goes on."""
        if time.monotonic() - self._looked < _LOOK:
            return False
        self._looked = time.monotonic()
        for run_id in telling.due(self._db, _BATCH):
            self._beside(run_id, partial(self._tell, run_id))
        for run in turns.abandoned(self._db):
            turns.let_go(self._db, run)
            self._beside(f"{run.id} elsewhere", partial(self._cancel, run))
        if stale := turns.silent(self._db, now() - int(self._manners.stale_after * 1000)):
            log.warning("no sign of life", runs=stale)
        return self._reply()

    def stop(self) -> None:
        """Begin no further writes."""
        self._writers.shutdown(wait=False, cancel_futures=True)

    def _beside(self, what: str, do: Callable[[], None]) -> None:
        """Do something beside the rest, unless it is being done already."""
        with self._lock:
            if what in self._at_work:
                return
            self._at_work.add(what)

        def work() -> None:
            try:
                do()
            except Exception as error:
                log.error("minding failed", what=what, exc_info=error)
            finally:
                with self._lock:
                    self._at_work.discard(what)

        self._writers.submit(work)

    def _reply(self) -> bool:
        """Let runs go on whose droids elsewhere have told an end, or have not told one in time."""
        told = [self._take(callback) for callback in callbacks.untaken(self._db, _BATCH)]
        late = turns.overdue(self._db)
        for run in late:
            if turns.offers(run):
                self._offer_again(run)
                continue
            self._beside(f"{run.id} elsewhere", partial(self._cancel, run))
            reason = "It did not tell an end in time."
            self._go_on(run, {"text": "", "state": "failed", "reason": reason})
        return any(told) or bool(late)

    def _take(self, callback: Callback) -> bool:
        run = runs.get(self._db, callback.run)
        waited = run is not None and run.state not in runs.ENDED and run.turn == callback.turn
        if run is not None and waited:
            self._go_on(run, callback.report)
        callbacks.take(self._db, callback.key)
        return waited

    def _go_on(self, run: Run, report: dict[str, object]) -> None:
        after = deliveries.newest(self._db)
        with self._db.writing() as tx:
            turns.resume(tx, run, {"report": report}, after=after)

    def _offer_again(self, run: Run) -> None:
        after = deliveries.newest(self._db)
        with self._db.writing() as tx:
            turns.offer_again(tx, run, after=after)

    def _cancel(self, run: Run) -> None:
        droid = self._team.droids.get(run.droid)
        if isinstance(droid, Remote):
            droid.cancel(turns.key(run))

    def _tell(self, run_id: str) -> None:
        # Read here, because another writer may have told it between the look and now.
        run = runs.get(self._db, run_id)
        if run is None or run.status_due is None or run.status_due > now():
            return
        connection = connections.get(self._db, run.connection_id)
        if connection is None or not run.issue_key:
            telling.put_off(self._db, run.id, None)
            return
        try:
            self._write(run, self._open_jira(connection), connection)
        except ReactorError as error:
            again = _AGAIN if getattr(error, "transient", False) else None
            log.warning("status not told", run=run.id, reason=str(error), again=again is not None)
            telling.put_off(self._db, run.id, again)
        except Exception as error:
            # A mistake of ours would come again with every look.
            log.error("status not told", run=run.id, exc_info=error)
            telling.put_off(self._db, run.id, _RAREST)

    def _write(self, run: Run, jira: Jira, connection: Connection) -> None:
        if not self._may_be_told(run, jira):
            telling.put_off(self._db, run.id, None)
            return
        text = standing(run, now(), ahead=telling.waiting_before(self._db, run) if run.state == "pending" else 0)
        comment = run.status_comment
        if not comment:
            comment = self._create(run, jira, text)
        elif text != run.status_told:
            jira.edit_comment(run.issue_key, comment, text)
        telling.told(self._db, run, comment, text, again_in=self._next_look(run))

    def _may_be_told(self, run: Run, jira: Jira) -> bool:
        """Tell whether the issue is still where the droid may speak."""
        try:
            return jira.issue(run.issue_key).project in projects.authorized(self._db, run.connection_id)
        except NotFound:
            return False

    def _create(self, run: Run, jira: Jira, text: str) -> str:
        delivery = deliveries.get(self._db, run.delivery)
        assert delivery is not None, "nothing kept is deleted"
        once = Patience(total=0.0)
        actions = Actions(self._db, self._engine, run, once, apart="status/", checked=False)
        return Desk(jira, actions, parse(json.loads(delivery.body)))._stand(text)

    def _next_look(self, run: Run) -> int | None:
        """Tell in how many milliseconds a status comment is to be edited again; None where its run changes nothing."""
        if run.state in runs.ENDED or run.state == "awaiting input":
            return None
        elapsed = now() - (run.started_at or run.created_at)
        # All status comments share what Jira bears.
        crowd = telling.count(self._db) * _SHARE
        return max(int(self._manners.progress * 1000), min(elapsed // 10, _RAREST), crowd)
