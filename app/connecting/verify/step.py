"""What becomes of one step of a verification."""

from dataclasses import dataclass
from typing import Literal

from app.errors import ReactorError

#: `left` is a success that leaves something behind in Jira.
Outcome = Literal["ok", "left", "failed", "skipped"]


@dataclass(frozen=True)
class Step:
    """One step with what it found, in seconds; a failed one says the cause and its cure."""

    name: str
    outcome: Outcome
    said: str
    cure: str = ""
    seconds: float = 0.0


class StepFailed(ReactorError):
    """A step found out why the connection does not work."""


class StepSkipped(ReactorError):
    """A step has nothing to do here; that is no failure."""


class Left(ReactorError):
    """Something stays behind in Jira."""
