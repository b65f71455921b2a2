"""The droid as a handler sees it: `ctx.droid`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from app.droids.base import Autonomy, Report
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.event import Comment, Issue, User
from app.reacting.actions import Stopped
from app.reacting.asking import Asking
from app.reacting.team import Team
from app.storage.database import Database
from app.storage.runs import Run


class DroidFailed(ReactorError):
    """A droid worked and did not succeed; `report` is all it said."""

    def __init__(self, message: str, cure: str = "", report: Report | None = None) -> None:
        super().__init__(message, cure)
        self.report = report


class Paused(BaseException):
    """The turn of a run ends here, and another goes on from here; no Exception, which handlers may catch."""

    def __init__(self, report: Report, call: int, timeout: float) -> None:
        super().__init__(report.state)
        self.report = report
        self.call = call
        self.timeout = timeout


def complete(report: Report, call: int, timeout: float) -> None:
    """Let only a complete report pass: raise Paused where the turn ends with it, and DroidFailed where it failed."""
    if report.state in ("awaiting input", "working"):
        raise Paused(report, call, timeout)
    if report.state in ("failed", "stopped"):
        raise DroidFailed(f"The droid {report.state}: {report.reason or 'it gave no reason'}", report=report)


@dataclass(frozen=True)
class Colleague:
    """Lets droids work as steps of a run."""

    #: The service account that writes what the droid says.
    user: User
    _team: Team
    _db: Database
    _run: Run
    _engine: Engine
    _patience: Patience
    #: Reads an issue's comments, oldest first.
    _comments: Callable[[str], list[Comment]]
    #: Tells whether somebody stopped the run.
    _stopped: Callable[[], bool]
    #: Raises Stopped where the issue is not in an authorized project any more.
    _stay: Callable[[], None]
    _acknowledge_within: int = 3000
    _calls: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def names(self) -> tuple[str, ...]:
        """Name the droids there are, the one that works unless another is named first."""
        return self._team.names

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        droid: str = "",
        session: str | None = None,
        fresh: bool = False,
        autonomy: Autonomy | None = None,
        timeout: float | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> Report:
        """Let a droid work on a prompt about an issue and return its report.

        It is told the issue and its conversation as data beside the prompt, and goes on with the session it has of the
        issue, or with the one given, unless it is to begin a `fresh` one. It may do what `autonomy` says, or else what
        JIRA_REACTOR_DROID_AUTONOMY allows, and never more than that. With a JSON `schema` of an object it is asked to
        answer in that form, and `Report.data` is the answer. Where it asks something, the run ends here and
        goes on from here once somebody has answered. Raises DroidFailed for a droid that failed, NoSuchDroid for a
        name nobody has, and Stopped where the run was stopped.
        """
        name, worker = self._team.pick(droid)
        asking = Asking(
            self._db,
            self._run,
            next(self._calls),
            name,
            worker,
            prompt,
            about,
            self._team.bounded(autonomy),
            timeout or self._team.timeout,
            session,
            fresh,
            schema,
            self._comments,
            self._must_stop,
            self._acknowledge_within,
        )
        report = self._engine.step("droid", lambda: self._patience.keep_trying(asking.work))
        if report.state == "stopped" and self._must_stop():
            raise Stopped("The run was stopped while its droid worked.")
        complete(report, asking.call, asking.timeout)
        self._engine.step("stay", lambda: self._patience.keep_trying(self._stay))
        return report

    def _must_stop(self) -> bool:
        try:
            return self._stopped()
        except ReactorError:
            # A database that does not answer for a moment is no reason to end a droid's work.
            return False
