"""What a check finds, and how one is done so that whatever breaks in it is found too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from app.errors import ReactorError

Outcome = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; a warning or a failure has a cure."""

    name: str
    outcome: Outcome
    said: str
    cure: str = ""


def ok(name: str, said: str) -> Check:
    """Say that all is well."""
    return Check(name, "ok", said)


def warn(name: str, said: str, cure: str) -> Check:
    """Say that it works, but not for long or not as it should."""
    return Check(name, "warn", said, cure)


def fail(name: str, said: str, cure: str) -> Check:
    """Say that it does not work."""
    return Check(name, "fail", said, cure)


def done(name: str, look: Callable[[], Check | Iterable[Check]]) -> list[Check]:
    """Do a check; one that crashes is a failed check."""
    try:
        found = look()
        return [found] if isinstance(found, Check) else list(found)
    except ReactorError as error:
        return [fail(name, error.message, error.cure)]
    except Exception as error:
        cure = "This check is broken itself; report it with this line."
        return [fail(name, f"{type(error).__name__}: {error}", cure)]
