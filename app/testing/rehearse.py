"""One rehearsal of a handler file: a payload goes in, what it would come to comes out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.droids.base import UNWATCHED, Autonomy, Report, Turn
from app.droids.brief import instruction_of
from app.events.event import Event, Issue, User
from app.events.parse import parse
from app.reacting.rehearsing import Record, RecordingJira, Rehearsal, ToldJira
from app.reacting.team import Team
from app.routing import decide, load_file
from app.testing.payloads import DROID

#: What a droid answers: a text, a whole report, these in turn, or whatever a function makes of the instruction.
Answer = str | Report
Answers = Answer | Sequence[Answer] | Callable[[str], Answer]


@dataclass
class Said(Record):
    """What a rehearsal came to: everything that would have been written, and why it would or would not."""

    #: The instruction of each time a droid was asked, and which droid it was.
    prompts: list[str] = field(default_factory=list)
    droids: list[str] = field(default_factory=list)
    decision: str = ""
    reason: str = ""
    #: The routes that reacted, in order.
    routes: list[str] = field(default_factory=list)
    #: Why a handler failed, and what a droid wants to know; empty where none did, and nothing.
    failure: str = ""
    question: str = ""


class Rehearse(Protocol):
    """The fixture: `rehearse`, with paths taken from where the test stands."""

    def __call__(self, handler: str | Path, payload: str | Path | Mapping[str, Any], **how: Any) -> Said:
        """Rehearse a handler file; `how` is as in app.testing.rehearse."""


def rehearse(
    handler: str | Path,
    payload: str | Path | Mapping[str, Any],
    *,
    droid: Answers = "",
    droids: Sequence[str] = (),
    account: User = DROID,
    turned_on: bool = True,
    found: Sequence[Issue] = (),
    properties: Mapping[str, Any] | None = None,
) -> Said:
    """Run the routes of a handler file that match a payload, as a worker would where every project is authorized.

    `payload` is a body or the path of one. `droid` is what the droid answers, and `droids` names further ones that
    answer so too; `account` is who they are in Jira. `turned_on` says whether opt-in routes are. `found` is what every
    search finds, and `properties` what the issue has.
    """
    event = parse(payload if isinstance(payload, Mapping) else json.loads(Path(payload).read_bytes()))
    routes = load_file(Path(handler))
    on = {route.id for route in routes if turned_on}
    outcome = decide(event, routes, account, authorized=lambda key: True, turned_on=on)
    said = Said(decision=outcome.decision, reason=outcome.reason)
    told = ToldJira(event, account, _deployment(event), found, properties or {})
    jira = RecordingJira(told, any_way=True)  # type: ignore[arg-type]  # stands in for one
    jira.record = said
    team = {name: Actor(droid, said.prompts, said.droids, name) for name in ("droid", *droids)}
    rehearsal = Rehearsal(jira, account, Team(team, timeout=60.0, autonomy="high"))
    for route in (verdict.route for verdict in outcome.matched):
        said.routes.append(route.id)
        played = rehearsal.play(route, event)
        said.failure = said.failure or (played.reason if played.state == "failed" else "")
        said.question = said.question or (played.reason if played.state == "awaiting input" else "")
    return said


@dataclass
class Actor:
    """A droid that says what the test wrote for it."""

    answers: Answers
    prompts: list[str]
    asked: list[str]
    name: str

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        session: str | None = None,
        autonomy: Autonomy = "none",
        timeout: float,
        turn: Turn = UNWATCHED,
    ) -> Report:
        """Answer the next instruction."""
        self.prompts.append(instruction_of(prompt))
        self.asked.append(self.name)
        answer = self._answer()
        return answer if isinstance(answer, Report) else Report(answer)

    def _answer(self) -> Answer:
        if isinstance(self.answers, str | Report):
            return self.answers
        if callable(self.answers):
            return self.answers(self.prompts[-1])
        asked = len(self.prompts)
        assert asked <= len(self.answers), (
            f"The droid was asked {asked} times; the test has {len(self.answers)} answers."
        )
        return self.answers[asked - 1]


def _deployment(event: Event) -> str:
    """Tell whose body it is: only Cloud names people by account ids."""
    return "cloud" if '"accountId"' in json.dumps(event.payload) else "datacenter"
