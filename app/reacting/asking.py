"""One call of a droid: what it is told, what it says on the way, and what is kept of its end."""

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.droids.base import Autonomy, Droid, DroidUnstartable, Remote, Report, Turn
from app.droids.brief import compose
from app.events.event import Comment, Issue
from app.markup import to_markdown
from app.reacting.pulse import Pulse
from app.storage import runs, sessions, telling, turns
from app.storage.database import Database
from app.storage.runs import Run
from app.storage.sessions import Session

#: Seconds until a task is offered again to a droid elsewhere that did not take it; together a quarter of an hour.
_OFFERS = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0)
#: How a droid without another way to ask does it: with its last paragraph.
_QUESTION = re.compile(r"(?:\A|\n\s*\n)\**QUESTION:\**\s*(\S.*)\Z", re.DOTALL)


@dataclass
class Asking:
    """A droid's work on one prompt, done again from its beginning where a crash interrupted it."""

    db: Database
    run: Run
    #: Which call of a droid this is in the handler, so that a reply finds the call it answers.
    call: int
    name: str
    droid: Droid
    prompt: str
    about: Issue
    autonomy: Autonomy
    timeout: float
    #: The session that the handler wants to be continued; otherwise the issue's own, unless it is to be a fresh one.
    session: str | None
    fresh: bool
    schema: Mapping[str, Any] | None
    comments: Callable[[str], list[Comment]]
    stop: Callable[[], bool]
    acknowledge_within: int

    def work(self) -> Report:
        """Let the droid work, or take what came back from elsewhere in the meantime; raises DroidError."""
        run = runs.get(self.db, self.run.id) or self.run
        reply = run.reply if run.reply and run.reply.get("call") == self.call else {}
        if "report" in reply:
            return self._kept(run, asked_in_words(Report(**reply["report"])), None)
        answer, by = str(reply.get("answer", "")), str(reply.get("by", ""))
        known = self._known(run, answering=bool(answer))
        report, told = self._ask(run, known, answer, by)
        if report.forgotten and known:
            report, told = self._ask(run, None, answer, by)
        return self._kept(run, asked_in_words(report), told)

    def _known(self, run: Run, *, answering: bool) -> Session | None:
        stored = sessions.find(self.db, run.connection_id, self.about.id, self.name)
        named = self.session or (run.session if answering else None)
        if named:
            return Session(named, stored.told_until if stored and stored.id == named else 0)
        return None if self.fresh else stored

    def _ask(self, run: Run, known: Session | None, answer: str, by: str) -> tuple[Report, int]:
        brief, told = self._brief(run, known, answer, by)
        pulse = Pulse(partial(turns.heard, self.db, run.id))
        turns.works(self.db, run.id, self.name, self.acknowledge_within)
        question = run.question if answer else ""
        turn = Turn(turns.key(run), question, answer, self.schema, pulse.tell, self._listening(pulse))
        session = known.id if known else None
        try:
            report = self.droid.run(
                brief, about=self.about, session=session, autonomy=self.autonomy, timeout=self.timeout, turn=turn
            )
        except DroidUnstartable as error:
            if not isinstance(self.droid, Remote):
                raise
            report = _offered_again(error, turns.offers(run))
        return report, told

    def _listening(self, pulse: Pulse) -> Callable[[], bool]:
        def stop() -> bool:
            pulse.beat()
            return self.stop()

        return stop

    def _brief(self, run: Run, known: Session | None, answer: str, by: str) -> tuple[str, int]:
        """Compose the prompt, and name the newest comment it tells; a session is told only what is new."""
        own = telling.comments(self.db, run.connection_id, self.about.id)
        comments = [comment for comment in self.comments(self.about.key) if comment.id not in own]
        new = [comment for comment in comments if known is None or _number(comment) > known.told_until]
        instruction = self.prompt if known is None or not answer else ""
        if answer:
            instruction += f"\n\nYou asked: {run.question}\nThe newest comment by {by} answers that. Go on."
        instruction += in_form(self.schema)
        told = [(c.author.name if c.author else "somebody", to_markdown(c.body)) for c in new]
        description = "" if known else to_markdown(self.about.description)
        brief = compose(instruction.strip(), issue=self.about, description=description, conversation=told)
        return brief, max(map(_number, comments), default=0)

    def _kept(self, run: Run, report: Report, told: int | None) -> Report:
        if report.session:
            until = self._told_until(run) if told is None else told
            sessions.keep(self.db, run.connection_id, self.about.id, self.name, Session(report.session, until))
        turns.note_usage(self.db, run.id, f"{run.turn}.{self.call}", report.usage)
        return report

    def _told_until(self, run: Run) -> int:
        """Tell which comment a droid elsewhere was told last, when its task was handed over."""
        stored = sessions.find(self.db, run.connection_id, self.about.id, self.name)
        return stored.told_until if stored else 0


def in_form(schema: Mapping[str, Any] | None) -> str:
    """Ask for an answer in the form of a JSON Schema, in words that every droid understands; empty without one."""
    return (
        f"\n\nAnswer with one JSON object that fits this schema, and nothing else:\n{json.dumps(schema)}"
        if schema
        else ""
    )


def asked_in_words(report: Report) -> Report:
    """Take an answer that ends with a paragraph beginning with QUESTION: for the question it is."""
    found = _QUESTION.search(report.text.rstrip()) if report.state == "complete" else None
    if found is None:
        return report
    return replace(report, state="awaiting input", question=found[1].strip(), text=report.text[: found.start()].strip())


def _offered_again(error: DroidUnstartable, offers: int) -> Report:
    """Let a task that nobody took elsewhere wait for its next offer without holding a place among the runs at work."""
    if offers >= len(_OFFERS):
        return Report("", "failed", reason=str(error))
    spread = random.uniform(0.5, 1.0)  # noqa: S311  so that many tasks do not come again at once
    return Report("", "working", reason=str(error), again_in=max(_OFFERS[offers] * spread, error.retry_after or 0.0))


def _number(comment: Comment) -> int:
    """Read a comment's id, which grows with time, as a number."""
    return int(comment.id) if comment.id.isdecimal() else 0
