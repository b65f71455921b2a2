"""Find the JSON that a droid was asked for in what it said."""

import json
import re
from collections.abc import Iterator
from typing import Any

_FENCED = re.compile(r"^```(?:json)?[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)

#: So many braces among words are taken for the beginning of an object: each costs a look at all that follows.
_MOST_BRACES = 100


def json_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a text is, holds in a fence, or holds among its words; None where there is none."""
    for candidate in (text, *_FENCED.findall(text)):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return next(_among_words(text), None)


def _among_words(text: str) -> Iterator[dict[str, Any]]:
    decoder, start = json.JSONDecoder(), text.find("{")
    for _ in range(_MOST_BRACES):
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)
