"""Run handlers as a worker would, but record what they write instead of writing it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, cast

import structlog

from app.droids.prompts import Prompts
from app.errors import ReactorError
from app.events.event import Event, User
from app.jira import Jira
from app.reacting.actions import Actions
from app.reacting.colleague import Colleague, Paused
from app.reacting.commands import spoken
from app.reacting.context import Context
from app.reacting.desk import Desk
from app.reacting.rehearsing.colleague import RehearsedColleague
from app.reacting.rehearsing.recording import RecordingJira
from app.reacting.team import Team
from app.routing.router import Route

T = TypeVar("T")


class _Unkept:
    """Takes the place of Actions: each write and each read is done once, at once, and nothing is kept."""

    def perform(self, kind: str, write: Callable[[str], T], find: object = None) -> T:
        return write("rehearsed")

    def read(self, name: str, look: Callable[[], T]) -> T:
        return look()


@dataclass(frozen=True)
class Played:
    """How a handler ended; `reason` says why it failed or what its droid wants to know."""

    state: Literal["complete", "failed", "awaiting input", "working"]
    reason: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """Everything a handler needs to run without consequences."""

    jira: RecordingJira
    account: User
    team: Team
    folders: Sequence[Path] = ()
    #: Further words for commands, as in the settings.
    words: Mapping[str, str] = field(default_factory=dict)

    def play(self, route: Route, event: Event) -> Played:
        """Let a route's handler react to an event and say how it ended.

        What is no ReactorError, such as a mistake in the handler, comes up as it is.
        """
        try:
            route.handler(self._context(route, event))
        except Paused as pause:
            return Played("working" if pause.report.state == "working" else "awaiting input", pause.report.question)
        except ReactorError as error:
            return Played("failed", str(error))
        return Played("complete")

    def _context(self, route: Route, event: Event) -> Context:
        jira, actions = cast(Jira, self.jira), cast(Actions, _Unkept())
        return Context(
            event,
            Desk(jira, actions, event, event.asker),
            cast(Colleague, RehearsedColleague(self.account, self.team, jira.comments)),
            structlog.get_logger().bind(issue=event.issue.key if event.issue else ""),
            event.asker,
            spoken(event, self.account, self.words),
            jira,
            actions,
            Prompts.of(route.place[0], self.folders),
        )
