"""Conditions on what a comment says to the droid."""

import re
from dataclasses import dataclass

from app.events.event import Body, Event, User
from app.routing.account import UNKNOWN, names_droid
from app.routing.conditions.values import Names, only_true, single_words


@dataclass(frozen=True)
class Mention:
    """The comment mentions the droid, through Jira's picker or typed as @Display Name."""

    def words(self) -> str:
        """Read as a clause."""
        return "the comment mentions the droid"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        if event.comment is None:
            return "needs a mention of the droid, and there is no comment"
        if droid is None:
            return f"needs a mention of the droid; {UNKNOWN}"
        return "" if mentioned(event, droid) else "needs a mention of the droid"


@dataclass(frozen=True)
class Command:
    """The comment begins with a mention of the droid, and the first word after it is one of these."""

    spoken: Names

    def words(self) -> str:
        """Read as a clause."""
        return f'the comment begins with the droid\'s mention and "{self.spoken}"'

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        needs = f'needs the command "{self.spoken}" after the droid\'s mention at the start of a comment'
        if event.comment is None:
            return f"{needs}, and there is no comment"
        if droid is None:
            return f"{needs}; {UNKNOWN}"
        said = first_word(event.comment.body, droid)
        if said in self.spoken:
            return ""
        return f'{needs}; it says "{said}"' if said else needs


def mention(value: object) -> Mention:
    """Check mention=."""
    only_true("mention", value)
    return Mention()


def command(value: object) -> Command:
    """Check command=."""
    return Command(single_words("command", value))


def said_to(body: Body, droid: User) -> str:
    """Take what follows the droid's mention in the body's first block; empty where it does not begin with one."""
    text = _opening(body).lstrip()
    folded = text.casefold()
    # Folding can make a text longer, and then places in one are none in the other.
    text = text if len(text) == len(folded) else folded
    for mention in _mentions_of(droid):
        if folded.startswith(mention) and (found := re.match(r"(?!\w)[\s,:;]*", folded[len(mention) :])):
            return text[len(mention) + found.end() :].strip()
    return ""


def first_word(body: Body, droid: User) -> str:
    """Take the first word after the droid's mention, in lower case; empty where the body does not begin with one."""
    found = re.match(r"[\w-]+", said_to(body, droid))
    return found[0].casefold() if found else ""


def mentioned(event: Event, droid: User) -> bool:
    """Tell whether a comment mentions the droid, through Jira's picker or typed as @Display Name."""
    if event.comment is None:
        return False
    return any(names_droid(who, droid) for who in event.mentions) or _typed(event.comment.body, droid)


def _mentions_of(droid: User) -> list[str]:
    names = [name.casefold() for name in (droid.id, droid.username) if name]
    picked = [mention for name in names for mention in (f"[~accountid:{name}]", f"[~{name}]")]
    return picked + [f"@{name.casefold()}" for name in (droid.name, droid.username) if name]


def _typed(body: Body, droid: User) -> bool:
    if not isinstance(body, str) or "@" not in body:
        return False
    names = "|".join(re.escape(name) for name in (droid.name, droid.username) if name)
    return bool(names and re.search(rf"(?<!\w)@(?:{names})(?!\w)", body, re.IGNORECASE))


def _opening(body: Body) -> str:
    """Read the first block of a body, mentions written as Jira's markup does."""
    match body:
        case str():
            return body
        case {"content": [{"content": [*inline]}, *_]}:
            return "".join(map(_inline, inline))
    return ""


def _inline(node: object) -> str:
    match node:
        case {"type": "mention", "attrs": {"id": str(account)}}:
            return f"[~accountid:{account}]"
        case {"type": "text", "text": str(text)}:
            return text
    return " "
