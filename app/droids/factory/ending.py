"""Read how a turn with Factory's droid ended into a Report."""

import json
import re
from collections.abc import Callable
from typing import Any

from droid_sdk import DroidProtocolError, RunResult, SessionNotFoundError

from app.droids.base import Report, State
from app.droids.cleaning import printable
from app.droids.factory.conversation import Outcome
from app.droids.reading import LONGEST_REASON, TOLD_TO_STOP, not_done_within

_LOGIN_CURE = (
    "Make a key at https://app.factory.ai/settings/api-keys, give it to the worker as FACTORY_API_KEY, and list that "
    "name in JIRA_REACTOR_DROID_ENV; or log in with `droid` once as the worker's user."
)
#: How missing and refused logins are told, in the droid's words.
_LOGIN = re.compile(r"access token|authentication|FACTORY_API_KEY|unauthorized", re.IGNORECASE)
#: JSON-RPC's code for them in Factory's protocol.
_AUTHENTICATION_ERROR = -32001
#: What its SDK says of a turn that ended badly without a message, and the protocol's reasons in plain words.
_ENDED = "Agent turn ended: "
_REASONS = {
    "model_usage_exhausted": "The account has used up what it may spend on this model.",
    "model_authentication_failed": "The model's provider refused the login (authentication).",
    "model_request_rejected": "The model's provider rejected the request.",
    "model_provider_unreachable": "The model's provider could not be reached.",
    "model_provider_unavailable": "The model's provider is out of service for the moment.",
    "prompt_rejected": "The prompt was rejected.",
    "completion_persistence_failed": "It could not save its answer; the disk may be full or its folder read-only.",
    "no_approver_available": "It needed a permission, and there was nobody to give it.",
    "process_exit": "Its process ended in the middle of the work.",
}


def report(outcome: Outcome, *, timeout: float, redact: Callable[[str], str]) -> Report:
    """Judge how the turn ended; a failure keeps what was said until then as its text."""
    state, reason = _verdict(outcome, timeout)
    return Report(
        redact(printable(_text(outcome))),
        state,
        session=outcome.session,
        usage=_usage(outcome.result),
        question=outcome.question if state == "awaiting input" else "",
        reason=redact(printable(reason))[:LONGEST_REASON],
        forgotten=isinstance(outcome.error, SessionNotFoundError),
    )


def _verdict(outcome: Outcome, timeout: float) -> tuple[State, str]:
    if outcome.because == "question":
        return "awaiting input", ""
    if outcome.because == "stop":
        return "stopped", TOLD_TO_STOP
    if outcome.because == "deadline":
        return "failed", not_done_within(timeout)
    reason = _fault(outcome)
    return ("failed", reason) if reason else ("complete", "")


def _fault(outcome: Outcome) -> str:
    result = outcome.result
    if result is None:
        return _trouble(outcome, str(outcome.error or "It ended without saying how."))
    if result.error is not None:
        return _trouble(outcome, result.error.message)
    if result.success and _text(outcome):
        return ""
    if outcome.refused:
        return f"It was refused this, and broke off.\n\n{outcome.refused}"
    if result.interrupted:
        return "It broke off, as if somebody had interrupted it."
    return "It ended as if all were well but said nothing."


def _trouble(outcome: Outcome, told: str) -> str:
    """Tell a trouble in the words meant for people, where there are some, and with its cure, where it is known."""
    if isinstance(outcome.error, SessionNotFoundError):
        return "It does not know the session any more."
    code = outcome.error.code if isinstance(outcome.error, DroidProtocolError) else None
    words = outcome.notice or _REASONS.get(told.removeprefix(_ENDED), told)
    refused = code == _AUTHENTICATION_ERROR or _LOGIN.search(f"{words} {told}")
    return f"{words} {_LOGIN_CURE}" if refused else words


def _text(outcome: Outcome) -> str:
    result = outcome.result
    if result is None:
        return outcome.said
    if result.success and result.structured_output is not None:
        return json.dumps(result.structured_output, default=dict, ensure_ascii=False)
    return result.text or outcome.said


def _usage(result: RunResult[Any] | None) -> dict[str, float]:
    """Name the figures as Factory does."""
    if result is None:
        return {}
    figures = {"turns": result.turn_count, "milliseconds": result.duration.total_seconds() * 1000}
    if result.usage is not None:
        names = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "thinking_tokens")
        figures |= {name: getattr(result.usage, name) for name in names}
        if result.usage.factory_credits is not None:
            figures["factory_credits"] = result.usage.factory_credits
    return figures
