"""The droid as a handler sees it: `ctx.droid`."""

from collections.abc import Callable
from dataclasses import dataclass

from app.droids.base import Autonomy, Droid, Report, Turn
from app.droids.brief import compose
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.event import Comment, Issue, User
from app.markup import to_markdown
from app.reacting.actions import Stopped


class DroidFailed(ReactorError):
    """A droid worked and did not succeed; `report` is all it said."""

    def __init__(self, message: str, cure: str = "", report: Report | None = None) -> None:
        super().__init__(message, cure)
        self.report = report


@dataclass(frozen=True)
class Colleague:
    """Runs the configured droid as a step of the run."""

    #: The service account that writes what the droid says.
    user: User
    _droid: Droid
    _engine: Engine
    _patience: Patience
    _timeout: float
    #: Reads an issue's comments, oldest first.
    _comments: Callable[[str], list[Comment]]
    #: Tells whether somebody stopped the run.
    _stopped: Callable[[], bool]

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        session: str | None = None,
        autonomy: Autonomy = "none",
        timeout: float | None = None,
    ) -> Report:
        """Let the droid work on a prompt about an issue and return its report.

        The droid is told the issue and its conversation as data beside the prompt. `session` continues an earlier
        report's. Raises DroidFailed for a droid that failed, and Stopped where the run was stopped.
        """

        def work() -> Report:
            told = [(c.author.name if c.author else "somebody", to_markdown(c.body)) for c in self._comments(about.key)]
            brief = compose(prompt, issue=about, description=to_markdown(about.description), conversation=told)
            limit = timeout or self._timeout
            return self._droid.run(
                brief, about=about, session=session, autonomy=autonomy, timeout=limit, turn=Turn(stop=self._must_stop)
            )

        report = self._engine.step("droid", lambda: self._patience.keep_trying(work))
        if report.state == "stopped" and self._must_stop():
            raise Stopped("The run was stopped while its droid worked.")
        if report.state in ("failed", "stopped"):
            raise DroidFailed(f"The droid {report.state}: {report.reason or 'it gave no reason'}", report=report)
        return report

    def _must_stop(self) -> bool:
        try:
            return self._stopped()
        except ReactorError:
            # A database that does not answer for a moment is no reason to end a droid's work.
            return False
