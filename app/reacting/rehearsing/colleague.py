"""The droid of a rehearsal: it really works, but on nothing that is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.droids.base import Autonomy, Report, Turn
from app.droids.brief import compose
from app.events.event import Comment, Issue, User
from app.markup import to_markdown
from app.reacting.asking import asked_in_words, in_form
from app.reacting.colleague import complete
from app.reacting.team import Team


@dataclass(frozen=True)
class RehearsedColleague:
    """Takes the place of a Colleague: what handlers call is the same."""

    user: User
    _team: Team
    _comments: Callable[[str], list[Comment]]

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
        """Let a droid work and return its report; no session of the issue's own is continued or kept."""
        _, worker = self._team.pick(droid)
        told = [(c.author.name if c.author else "somebody", to_markdown(c.body)) for c in self._comments(about.key)]
        report = worker.run(
            compose(
                prompt + in_form(schema), issue=about, description=to_markdown(about.description), conversation=told
            ),
            about=about,
            session=session,
            autonomy=self._team.bounded(autonomy),
            timeout=timeout or self._team.timeout,
            turn=Turn(schema=schema),
        )
        report = asked_in_words(report)
        complete(report, 1, timeout or self._team.timeout)
        return report
