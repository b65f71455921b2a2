"""What people say to a droid that is at work or waits: commands, and answers to its questions."""

from collections.abc import Mapping, Sequence

from app.events.event import Event, User
from app.markup import to_markdown
from app.reacting import commands
from app.routing.account import names_droid, same
from app.routing.conditions.comment import mentioned, said_to
from app.storage.runs import Run

#: How the record of an answer is called.
ANSWER = f"{commands.PREFIX}answer"
#: What a comment that was heeded may have been recorded as.
ROUTES = (ANSWER, *(f"{commands.PREFIX}{name}" for name in commands.COMMANDS))


def command(event: Event, droid: User, living: Sequence[Run], words: Mapping[str, str]) -> str:
    """Name the command to carry out at once; empty where there is none, or where a handler is to react to it."""
    said = commands.spoken(event, droid, words)
    if said == "plan":
        return ""
    if said == "stop" and not living and not commands.is_bare_stop(event, droid):
        # With nothing to stop, "stop using tabs" is a wish like any other.
        return ""
    return said


def answered(event: Event, droid: User, living: Sequence[Run]) -> Run | None:
    """Find the run whose question a new comment answers.

    That is one in the thread of the question, one that mentions the droid, or one by whoever was asked that mentions
    nobody else. Of several runs that wait, the one asked last is meant.
    """
    comment = commands.new_comment(event)
    if comment is None:
        return None
    waiting = [run for run in living if run.state == "awaiting input"][::-1]
    for run in waiting:
        if comment.parent_id and comment.parent_id == run.question_comment:
            return run
    if waiting and mentioned(event, droid):
        return waiting[0]
    others = [who for who in event.mentions if not names_droid(who, droid)]
    return next((run for run in waiting if not others and same(comment.author, run.person)), None)


def words(event: Event, droid: User) -> str:
    """Take what a comment says, in Markdown, without the mention of the droid that it may begin with."""
    text = to_markdown(event.comment.body if event.comment else None).strip()
    return said_to(text, droid) or text
