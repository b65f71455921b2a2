"""The face of durable execution that the rest of the house sees; nothing else knows dbos."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar

from dbos import DBOS, DBOSConfig, ScheduleInput, SetEnqueueOptions, SetWorkflowID

from app.engine.database import engine_database

T = TypeVar("T")

#: A cron expression, and what to do at its times.
Schedule = tuple[str, Callable[[], None]]

#: The queues there are. What waits in one never holds up another.
LANES = ("runs", "replies")
#: How many short replies one worker works on at the same time, beside its runs.
_REPLIES = 4
#: How often the queue looks for work: a run starts after half of it on average. Faster costs an idle box its quiet:
#: at 0.1 s a core is 7% busy, at 0.02 s 37%.
_POLL_SECONDS = 0.1
#: One version for ever: dbos's own default changes with the code, and a deploy would strand what is in flight.
_VERSION = "jira-reactor"


class Interrupted(BaseException):
    """A run ends with its worker; no Exception, which handlers may catch and dbos would take for the run's own end."""


class Engine:
    """Runs a function once per key, in order and without overlap within a partition, going on after a crash.

    `executor` must name this process and no other that lives. One process launches one engine; never launch it inside
    gunicorn, whose forks would lose its threads.
    """

    def __init__(self, url: str, *, executor: str, concurrency: int) -> None:
        self.executor = executor
        self._concurrency = {"runs": concurrency, "replies": _REPLIES}
        self._database = engine_database(url)
        self._react: Callable[[str], None] | None = None
        self._ending = float("inf")

    def launch(self, react: Callable[[str, str], None], schedules: Mapping[str, Schedule] | None = None) -> None:
        """Start working.

        `react` is called with the key of each run and the key of its turn, which are the same for the first one, and
        must touch the world only through `step`. `schedules` maps names to (cron expression, what to do): each is done
        once at each of its times, by whichever executor is first.
        """
        logging.getLogger("dbos").setLevel(logging.WARNING)
        config: DBOSConfig = {
            "name": "jira-reactor",
            "system_database_engine": self._database,
            "system_database_url": self._database.url.render_as_string(hide_password=False),
            "executor_id": self.executor,
            "application_version": _VERSION,
            "log_level": "WARNING",
            "enable_otlp": False,
            "scheduler_polling_interval_sec": 5.0,
        }
        DBOS(config=config)

        @DBOS.workflow(name="react")
        def workflow(key: str) -> None:
            react(key, DBOS.workflow_id or key)

        self._react = workflow
        planned = [_planned(name, cron, do) for name, (cron, do) in (schedules or {}).items()]
        DBOS.launch()
        for lane in LANES:
            DBOS.register_queue(
                lane,
                worker_concurrency=self._concurrency[lane],
                partition_concurrency=1,
                polling_interval_sec=_POLL_SECONDS,
            )
        DBOS.apply_schedules(planned)

    def start(self, key: str, *, partition: str, lane: str = "runs") -> None:
        """Queue a run under its key; a key that was queued before, even long ago, changes nothing.

        Runs of one partition start in the order of their keys.
        """
        assert self._react is not None, "the engine is not launched"
        with SetWorkflowID(key), SetEnqueueOptions(queue_partition_key=partition):
            DBOS.enqueue_workflow(lane, self._react, key)

    def go_on(self, run: str, *, key: str, after: str, partition: str, lane: str = "runs") -> None:
        """Queue the next turn of a run under a key of its own; a key that was queued before changes nothing.

        It repeats the turn `after`: what that one's steps came to is remembered, but its last step is done again.
        """
        assert self._react is not None, "the engine is not launched"
        if DBOS.get_workflow_status(key) is not None:
            return
        steps = DBOS.list_workflow_steps(after, load_output=False)
        with SetWorkflowID(key), SetEnqueueOptions(queue_partition_key=partition):
            if not steps:
                # Nothing is remembered of that turn, as when its engine's database was lost: the run begins anew.
                DBOS.enqueue_workflow(lane, self._react, run)
                return
            last = max(step["function_id"] for step in steps)
            DBOS.fork_workflow(
                after, last, application_version=_VERSION, queue_name=lane, queue_partition_key=partition
            )

    def step(self, name: str, do: Callable[[], T]) -> T:
        """Do something once and remember its result: after a crash the run goes on with what is remembered.

        A crash between the deed and the remembering makes it happen again, so its effect must bear repeating. After
        `stop` and its grace it raises Interrupted, which must leave the run: it goes on at the next start.
        """
        self._interrupt_if_stopped()
        try:
            return DBOS.run_step({"name": name}, do)
        except Exception:
            # Not the step's failure where dbos has let go of its database in the meantime.
            self._interrupt_if_stopped()
            raise

    def take_over(self, living: Collection[str]) -> list[str]:
        """Hand runs of executors that are not among the living back to the queue, and name them."""
        return [key for lane in LANES for key in self._take_over(lane, living)]

    def _take_over(self, lane: str, living: Collection[str]) -> list[str]:
        held = DBOS.list_workflows(status="PENDING", queue_name=lane, load_input=False, load_output=False)
        orphans = [run.workflow_id for run in held if run.executor_id not in living]
        if orphans:
            # Without the queue's name dbos would run them on its internal queue, outside their partition.
            DBOS.resume_workflows(orphans, queue_name=lane)
        return orphans

    def stop(self, grace: int) -> None:
        """Stop working; runs that do not end within `grace` seconds go on at the next start."""
        self._ending = time.monotonic() + grace
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace)
        self._database.dispose()

    def _interrupt_if_stopped(self) -> None:
        if time.monotonic() >= self._ending:
            raise Interrupted


def _planned(name: str, cron: str, do: Callable[[], None]) -> ScheduleInput:
    @DBOS.workflow(name=f"schedule {name}")
    def workflow(due: datetime, context: object) -> None:
        DBOS.run_step({"name": name}, do)

    return {"schedule_name": name, "workflow_fn": workflow, "schedule": cron}
