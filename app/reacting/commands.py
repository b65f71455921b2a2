"""What people tell the droid in a comment: stop, retry, plan, status, help."""

import re
from collections.abc import Callable, Mapping

from app.events.event import Comment, Event, User
from app.reacting.context import Context
from app.reacting.status import duration, standing
from app.routing.conditions.comment import said_to
from app.storage import runs
from app.storage.database import Database, now
from app.storage.runs import NewRun, Run

#: The commands there are and what each does, as people read it.
COMMANDS: Mapping[str, str] = {
    "stop": "ends what I am doing on this issue",
    "retry": "does again what I did last on this issue",
    "plan": "lets me say how I would go about it, changing nothing",
    "status": "says what I am doing on this issue",
    "help": "shows this list",
}
#: Words that may be followed by more. The others count only alone: "status of the build?" is a question.
_WITH_MORE = ("stop", "plan")
#: How the run of a command is called: as no handler's route can be.
PREFIX = "command:"


def new_comment(event: Event) -> Comment | None:
    """Give the comment that an event tells was just written; None where it tells something else."""
    return event.comment if "comment_created" in (event.name, *event.also) else None


def spoken(event: Event, droid: User, words: Mapping[str, str]) -> str:
    """Name the command that a new comment begins with after the droid's mention; empty where it is none."""
    comment = new_comment(event)
    if comment is None:
        return ""
    found = re.match(r"([\w-]+)[\s.,:;!?]*(.*)", said_to(comment.body, droid).casefold(), re.DOTALL)
    if found is None:
        return ""
    word = words.get(found[1], found[1])
    return word if word in COMMANDS and (word in _WITH_MORE or not found[2]) else ""


def is_bare_stop(event: Event, droid: User) -> bool:
    """Tell whether nothing follows the word: then it cannot have been meant for anything but a command."""
    return event.comment is not None and len(said_to(event.comment.body, droid).split()) == 1


class Commands:
    """Carries commands out, each as a run of its own that waits behind nobody's work."""

    def __init__(self, db: Database, words: Mapping[str, str]) -> None:
        self._db = db
        self._words = words

    def handler(self, route: str) -> Callable[[Context], object] | None:
        """Find what carries out a command's run; None for another route."""
        doing = {"stop": self._stop, "retry": self._retry, "status": self._status, "help": self._help}
        return doing.get(route.removeprefix(PREFIX)) if route.startswith(PREFIX) else None

    def _stop(self, ctx: Context) -> None:
        own = ctx._actions.run
        by = ctx.asker.name if ctx.asker else "somebody"

        def stop() -> list[str]:
            living = runs.live(self._db, own.connection_id, own.issue)
            with self._db.writing() as tx:
                stopped = set(runs.stop(tx, [run.id for run in living], f"{by} said stop."))
            return [f"{_name(run)}, {_since(run)}" for run in living if run.id in stopped]

        stopped = ctx._actions.read("stop", stop)
        ctx.jira.answer(f"Stopped: {'; '.join(stopped)}." if stopped else "There is nothing to stop on this issue.")

    def _retry(self, ctx: Context) -> None:
        own = ctx._actions.run
        last = ctx._actions.read("last run", lambda: runs.last_ended(self._db, own.connection_id, own.issue))
        living = ctx._actions.read("runs", lambda: runs.live(self._db, own.connection_id, own.issue))
        if living or last is None:
            ctx.jira.answer("I am still at work here." if living else "I did nothing on this issue yet.")
            return
        again = NewRun(
            id=runs.run_id(own.delivery, 0, last.route),
            delivery=last.delivery,
            connection_id=own.connection_id,
            issue=own.issue,
            issue_key=own.issue_key,
            project=own.project,
            route=last.route,
            fact=None,
            hop=own.hop,
            acknowledge=True,
            trigger=last.trigger,
            asker=own.asker,
        )
        ctx._actions.read("retry", lambda: runs.add(self._db, again))

    def _status(self, ctx: Context) -> None:
        own = ctx._actions.run
        living = ctx._actions.read("runs", lambda: runs.live(self._db, own.connection_id, own.issue))
        last = ctx._actions.read("last run", lambda: runs.last_ended(self._db, own.connection_id, own.issue))
        lines = [f"- {_name(run)}: {standing(run, now())}" for run in living]
        if last is not None:
            lines.append(f"- Before that, {_name(last)}: {standing(last, now())}")
        ctx.jira.answer("\n".join(lines) if lines else "I did nothing on this issue yet.")

    def _help(self, ctx: Context) -> None:
        further = {name: [word for word, meaning in self._words.items() if meaning == name] for name in COMMANDS}
        words = {name: " or ".join(f"**{word}**" for word in (name, *further[name])) for name in COMMANDS}
        lines = [f"- {words[name]} {what}" for name, what in COMMANDS.items()]
        ctx.jira.answer("Begin a comment with my mention and one of these words:\n\n" + "\n".join(lines))


def _name(run: Run) -> str:
    return run.route.partition(".")[2] or run.route


def _since(run: Run) -> str:
    return f"at work for {duration(now() - run.started_at)}" if run.started_at else "before it began"
