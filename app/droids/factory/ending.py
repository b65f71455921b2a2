"""Read how a turn with Factory's droid ended into a Report."""

import re
from collections.abc import Callable, Mapping

from droid_sdk import DroidProtocolError, RunFailure, RunResult, SessionNotFoundError, Usage

from app.droids.base import Report
from app.droids.cleaning import printable
from app.droids.factory.conversation import Outcome
from app.droids.reading import LONGEST_REASON, TOLD_TO_STOP, not_done_within

_KEYS_PAGE = "https://app.factory.ai/settings/api-keys"
_LOGIN_CURE = (
    f"Make a key at {_KEYS_PAGE}, give it to the worker as FACTORY_API_KEY, and list that name in JIRA_REACTOR_DROID_ENV; "
    "or run `droid` once as the worker's user and log in."
)
_LOGIN = re.compile(r"access token|authenticat|FACTORY_API_KEY|unauthorized|log in using", re.IGNORECASE)
#: JSON-RPC's code for it in the SDK's protocol.
_AUTHENTICATION_ERROR = -32001


def report(outcome: Outcome, *, timeout: float, redact: Callable[[str], str]) -> Report:
    """Judge how the turn ended; a failure keeps what was said until then as its text."""
    text = redact(printable(_text(outcome)))
    known = {"session": outcome.session, "usage": _usage(outcome.result)}
    if outcome.because == "question":
        return Report(text, "awaiting input", question=outcome.question, **known)
    if outcome.because == "stop":
        return Report(text, "stopped", reason=TOLD_TO_STOP, **known)
    reason = _reason(outcome, timeout, text)
    if not reason:
        return Report(text, **known)
    forgotten = isinstance(outcome.error, SessionNotFoundError)
    return Report(text, "failed", reason=redact(printable(reason))[:LONGEST_REASON], forgotten=forgotten, **known)


def _text(outcome: Outcome) -> str:
    """Give the answer, or the last that was said where there is none."""
    ...


