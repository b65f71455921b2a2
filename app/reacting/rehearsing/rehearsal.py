"""Run handlers as a worker would, but record what they write instead of writing it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import structlog

from app.droids.base import Droid
from app.droids.prompts import Prompts
from app.engine import Engine, Patience
from app.errors import ReactorError
from app.events.event import Event, User
from app.jira import Jira
from app.reacting.actions import Actions
from app.reacting.colleague import Colleague
from app.reacting.context import Context
from app.reacting.desk import Desk
from app.reacting.rehearsing.recording import RecordingJira
from app.routing.router import Route

T = TypeVar("T")


class _Unkept(Actions):
    """Steps of a run that nobody keeps: each is done once, at once."""

    def __init__(self) -> None:
        self._count = 0

    def perform(self, kind: str, write: Callable[[str], T], find: Callable[[str], T | None] = lambda marker: None) -> T:
        self._count += 1
        return write(f"rehearsed-{self._count}")

    def read(self, name: str, look: Callable[[], T]) -> T:
        return look()

    def stopped(self) -> bool:
        return False


class _NoEngine:
    """Does a step and keeps nothing."""

    def step(self, name: str, do: Callable[[], T]) -> T:
        return do()


@dataclass(frozen=True)
class Rehearsal:
    """Everything a handler needs to run without consequences."""

    jira: RecordingJira
    account: User
    droid: Droid
    timeout: float
    folders: Sequence[Path] = ()

    def play(self, route: Route, event: Event) -> str:
        """Let a route's handler react to an event and say why it failed; empty where it did not.

        What is no ReactorError, such as a mistake in the handler, comes up as it is.
        """
        try:
            route.handler(self._context(route, event))
        except ReactorError as error:
            return str(error)
        return ""

    def _context(self, route: Route, event: Event) -> Context:
        jira, actions = cast(Jira, self.jira), _Unkept()
        engine = cast(Engine, _NoEngine())
        droid = Colleague(
            self.account, self.droid, engine, Patience(total=0.0), self.timeout, jira.comments, actions.stopped
        )
        log = structlog.get_logger().bind(issue=event.issue.key if event.issue else "")
        prompts = Prompts.of(route.place[0], self.folders)
        return Context(event, Desk(jira, actions, event), droid, log, jira, actions, prompts)
