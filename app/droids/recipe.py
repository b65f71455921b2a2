"""How one agent program is driven: its command, where prompt and session go, and how its output is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from app.droids.base import Autonomy
from app.droids.finding import Finder

Form = Literal["auto", "text", "json", "jsonl"]

_T = TypeVar("_T")

#: From the least to the most a droid may do by itself.
_LEVELS: tuple[Autonomy, ...] = get_args(Autonomy)


@dataclass(frozen=True)
class Finders:
    """What finds what in an output: in plain text, in the one object, or in the list of all objects of JSON lines.

    `session` is also tried on every line alone as it comes, in JSON lines as a list of one, and `step` only so.
    """

    text: Finder | None = None
    session: Finder | None = None
    question: Finder | None = None
    error: Finder | None = None
    end: Finder | None = None
    step: Finder | None = None


@dataclass(frozen=True)
class Recipe:
    """One recipe; one with nothing but a command is how a program is run that nothing else is known of."""

    command: tuple[str, ...] = ()
    prompt: Literal["stdin", "file"] = "stdin"
    resume: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    autonomy: Mapping[Autonomy, tuple[str, ...]] = field(default_factory=dict)
    variables: Mapping[Autonomy, Mapping[str, str]] = field(default_factory=dict)
    output: Form = "auto"
    read: Finders = Finders()
    usage: Mapping[str, Finder] = field(default_factory=dict)
    forgotten: tuple[re.Pattern[str], ...] = ()
    #: What names the command, for messages.
    origin: str = "JIRA_REACTOR_DROID_COMMAND"

    def argv(self, *, autonomy: Autonomy, model: str, session: str | None, prompt_file: str) -> list[str]:
        """Put together program and arguments."""
        return [
            *(piece.replace("{prompt_file}", prompt_file) for piece in self.command),
            *(_bounds(self.autonomy, autonomy) or ()),
            *(piece.replace("{model}", model) for piece in self.model if model),
            *(piece.replace("{session}", session) for piece in self.resume if session),
        ]

    def environment(self, autonomy: Autonomy) -> Mapping[str, str]:
        """Give the variables that bound the program."""
        return _bounds(self.variables, autonomy) or {}

    def forgot(self, output: str) -> bool:
        """Say whether a failed program's output, both streams of it, means that it does not know the session."""
        return any(sign.search(output) for sign in self.forgotten)


def _bounds(table: Mapping[Autonomy, _T], autonomy: Autonomy) -> _T | None:
    """Look up what bounds an autonomy: its own entry, or that of the next lower one that has one."""
    named = [level for level in _LEVELS[: _LEVELS.index(autonomy) + 1] if level in table]
    return table[named[-1]] if named else None
