"""Understand the forms in which agent programs answer: plain text, one JSON result, or a stream of JSON events."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sys import float_info
from typing import Any

from app.droids.cleaning import printable

#: Kinds of events that tell a stream from a plain answer that happens to be JSON.
_EVENTS = {"system", "message", "assistant", "user", "tool_call", "tool_result", "completion", "result", "error"}
_FIGURES = ("num_turns", "numTurns", "duration_ms", "durationMs", "total_cost_usd")
#: It is given back to the program, so nothing that could be read as an option passes for one.
_SESSION = re.compile(r"\w[\w.:-]{0,199}")

_Event = Mapping[str, Any]

BROKEN_OFF = "Its output broke off before it said how it ended."


@dataclass(frozen=True)
class Said:
    """What an output says: the answer, how to continue, what it cost, and what it says went wrong."""

    text: str = ""
    session: str | None = None
    usage: Mapping[str, float] = field(default_factory=dict)
    fault: str = ""
    #: What it wants to know before it goes on.
    question: str = ""


def understand(output: str) -> Said:
    """Find out which form `output` has and read it; lines that are no events, among events, are passed over."""
    whole = _event(output)
    if whole and whole["type"] == "result":
        return _from_stream([whole])
    lines = [line for line in output.split("\n") if line.strip()]
    events = [event for line in lines if (event := _event(line))]
    # A plain answer may quote an event or two; a stream may have a warning before it and a torn line at either end.
    if events and len(events) * 2 >= len(lines):
        return _from_stream(events)
    return Said(output)


def _event(text: str) -> _Event | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("type") in _EVENTS else None


def _from_stream(events: list[_Event]) -> Said:
    """Read events; without one that says how it ended, or with one that says error, the stream is a failure."""
    error = _last(events, "error")
    end = _last(events, "completion", "result")
    session = next(filter(None, (session_in(event.get("session_id")) for event in reversed(events))), None)
    text = _answer(end) if end else _last_message(events)
    return Said(text, session, _usage(end or {}), _fault(error, end, text))


def _fault(error: _Event | None, end: _Event | None, text: str) -> str:
    if error:
        return _first_text(error, "message", "error") or "It reported an error without saying which."
    if not end:
        return BROKEN_OFF
    if end.get("is_error") or end.get("subtype", "success") != "success":
        return text or f"It reported {end.get('subtype', 'an error')} without saying why."
    return ""


def _answer(end: _Event) -> str:
    return _first_text(end, "result", "finalText")


def _last_message(events: list[_Event]) -> str:
    own = [event for event in events if event["type"] == "message" and event.get("role") == "assistant"]
    return _first_text(own[-1], "text") if own else ""


def _usage(end: _Event) -> dict[str, float]:
    usage = end.get("usage")
    return figures({**(usage if isinstance(usage, dict) else {}), **{name: end.get(name) for name in _FIGURES}})


def _last(events: Iterable[_Event], *kinds: str) -> _Event | None:
    return next((event for event in reversed(list(events)) if event["type"] in kinds), None)


def _first_text(event: _Event, *names: str) -> str:
    texts = (printable(event[name]) for name in names if isinstance(event.get(name), str))
    return next(filter(None, texts), "")


def figures(values: Mapping[str, Any]) -> dict[str, float]:
    """Keep the values that are numbers, as far as a float can hold them."""
    return {
        name: value for name, value in values.items() if type(value) in (int, float) and abs(value) <= float_info.max
    }


def session_in(value: object) -> str | None:
    """Take a value for a session's id if it can be one, and could never be read as an option."""
    return value if isinstance(value, str) and _SESSION.fullmatch(value) else None
