"""Make values fit to be inserted into an instruction, which no issue may write."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from app.droids.brief import LONGEST_TEXT
from app.droids.cleaning import visible
from app.events.event import Comment, Issue
from app.markup import to_markdown

#: Such a line fences the data in a brief.
_FENCE = re.compile("-{5,}")


def insertable(value: Any) -> Any:
    """Clean every text of a value, however deep it lies.

    A text keeps what people can see and is bounded; one of several lines is quoted line by line, and none can pass for
    the fence around the issue's data. Descriptions and comments become Markdown.
    """
    match value:
        case str():
            return _text(value)
        case Issue():
            value = replace(value, description=to_markdown(value.description))
        case Comment():
            value = replace(value, body=to_markdown(value.body))
        case Mapping():
            return {name: insertable(part) for name, part in value.items()}
        case list() | tuple():
            return [insertable(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: insertable(getattr(value, field.name)) for field in fields(value)})
    return value


def _text(text: str) -> str:
    seen = _FENCE.sub("----", visible(text)).strip("\n")[:LONGEST_TEXT]
    return textwrap.indent(seen, "> ", lambda _: True) if "\n" in seen else seen
