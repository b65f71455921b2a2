"""How one agent program is driven: its command, where prompt and session go, and how its output is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from jmespath.parser import ParsedResult

from app.droids.base import Autonomy

Form = Literal["auto", "text", "json", "jsonl"]

#: From the least to the most a droid may do by itself.
_LEVELS: tuple[Autonomy, ...] = get_args(Autonomy)


@dataclass(frozen=True)
class Paths:
    """Where the program's JSON holds what; in JSON lines each is applied to the list of all events.

    `session` is also tried on every event alone as it comes, and `step` only so.
    """

    text: ParsedResult | None = None
    session: ParsedResult | None = None
    question: ParsedResult | None = None
    error: ParsedResult | None = None
    end: ParsedResult | None = None
    step: ParsedResult | None = None


@dataclass(frozen=True)
class Recipe:
    """One recipe; one with nothing but a command is how a program is run that nothing else is known of."""

    command: tuple[str, ...] = ()
    prompt: Literal["stdin", "file"] = "stdin"
    resume: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    autonomy: Mapping[Autonomy, tuple[str, ...]] = field(default_factory=dict)
    output: Form = "auto"
    paths: Paths = Paths()
    usage: Mapping[str, ParsedResult] = field(default_factory=dict)
    failed: tuple[re.Pattern[str], ...] = ()
    forgotten: tuple[re.Pattern[str], ...] = ()
    #: What names the command, for messages.
    origin: str = "JIRA_REACTOR_DROID_COMMAND"

    def argv(self, *, autonomy: Autonomy, model: str, session: str | None, prompt_file: str) -> list[str]:
        """Put together program and arguments; an autonomy that is not named falls to the next lower one that is."""
        bounds = [self.autonomy[level] for level in _LEVELS[: _LEVELS.index(autonomy) + 1] if level in self.autonomy]
        return [
            *(piece.replace("{prompt_file}", prompt_file) for piece in self.command),
            *(bounds[-1] if bounds else ()),
            *(piece.replace("{model}", model) for piece in self.model if model),
            *(piece.replace("{session}", session) for piece in self.resume if session),
        ]

    def failure(self, output: str) -> str:
        """Give the part of an output that tells a failure its exit code may hide; empty where there is none."""
        return next((found.group().strip() for sign in self.failed if (found := sign.search(output))), "")

    def forgot(self, output: str) -> bool:
        """Say whether a failed program's output, both streams of it, means that it does not know the session."""
        return any(sign.search(output) for sign in self.forgotten)
