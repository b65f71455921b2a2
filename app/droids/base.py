"""What every droid is: something that takes a prompt about an issue and reports how it ended.

Whatever goes wrong before a droid works is an exception; whatever becomes of its work is a Report.

    DroidError
    ├── DroidUnknown          no droid goes by the name in the settings
    ├── DroidMisconfigured    what the settings say about the droid cannot work
    ├── DroidMissing          the program is not there, or is none
    ├── DroidSilent           the program gave no answer that can be read, asked before any work
    └── DroidUnstartable      it could not be started now; worth trying again
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from app.droids.answers import json_object
from app.errors import ReactorError
from app.events.event import Issue

#: How a turn of a droid ended, in the words that runs use. "working" says that somebody else works on it now and will
#: tell the end by a callback.
State = Literal["complete", "awaiting input", "working", "failed", "stopped"]

#: How much a droid may do by itself; "none" is reading only.
Autonomy = Literal["none", "low", "medium", "high"]


@dataclass(frozen=True)
class Report:
    """What a droid said and how it ended; nothing in it holds a secret that we know of."""

    text: str
    state: State = "complete"
    #: What continues this conversation when given back; None where the droid keeps no memory.
    session: str | None = None
    #: Figures as the droid names them: tokens, turns, milliseconds, money.
    usage: Mapping[str, float] = field(default_factory=dict)
    #: What a droid that is awaiting input wants to know.
    question: str = ""
    #: Why it failed or stopped, in one or a few lines fit for a comment.
    reason: str = ""
    #: Whether it failed because it does not know the session it was to continue: a fresh one can succeed.
    forgotten: bool = False
    #: With "working": nobody took the task, and it is to be offered again in so many seconds.
    again_in: float | None = None

    @property
    def data(self) -> dict[str, Any] | None:
        """The JSON object that the text is or holds; None where there is none."""
        return json_object(self.text)


@dataclass(frozen=True)
class Turn:
    """What a droid may want to know of the turn it works on, and whom it may tell how it is going."""

    #: Names this turn and no other, the same after a crash: an idempotency key.
    key: str = ""
    #: The question of an earlier turn, and what somebody answered, as they wrote it; the prompt tells both.
    question: str = ""
    answer: str = ""
    #: A JSON Schema of an object, where the answer is to be JSON that fits it; the prompt tells it too.
    schema: Mapping[str, Any] | None = field(default=None, compare=False)
    #: Called with one line on what the droid is doing, or an empty one as a mere sign of life; also with the session
    #: as soon as it is known. Cheap and never raises; may be called from any thread, as often as there is news.
    tell: Callable[[str, str | None], None] = field(default=lambda step, session: None, compare=False)
    #: Asked several times a second; ends the work when it says True, with the state stopped.
    stop: Callable[[], bool] = field(default=lambda: False, compare=False)


#: A turn nobody watches.
UNWATCHED = Turn()


class Droid(Protocol):
    """Who does the work; used by many threads at once."""

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
        """Work on `prompt` for at most `timeout` seconds and report the end, whichever it is.

        Raises DroidError only where no work was begun.
        """


@runtime_checkable
class Remote(Droid, Protocol):
    """A droid that works elsewhere, and tells the end of a turn later."""

    def cancel(self, key: str) -> None:
        """Tell the far side that the turn of this key is not wanted any more; best effort, raises nothing."""


class DroidError(ReactorError):
    """The droid could not be started; `transient` says whether trying again later can help."""

    transient: ClassVar[bool] = False


class DroidUnknown(DroidError):
    """No droid goes by the name in the settings."""


class DroidMisconfigured(DroidError):
    """What the settings say about the droid cannot work."""


class DroidMissing(DroidError):
    """The program to start is not there, or is not a program."""


class DroidSilent(DroidError):
    """The program gave no answer that can be read, asked before any work."""


class DroidUnstartable(DroidError):
    """There was no room for the program here, or whoever works elsewhere could not take the work now."""

    transient = True
    #: Seconds after which whoever refused asks to be tried again; None where they said nothing.
    retry_after: float | None = None
