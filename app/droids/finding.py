"""Find values in what agent programs print: in JSON by JMESPath expressions, in plain text by regular expressions.

https://jmespath.org/specification.html tells the language of paths; one function of ours comes on top, `after(events,
'type')`: the events that follow the last one of that type, or all where there is none.
"""

import re
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

#: What finds a value: a path in JSON, or a pattern in text.
Finder = ParsedResult | re.Pattern[str]


class _WithAfter(Functions):
    @signature({"types": ["array"]}, {"types": ["string"]})
    def _func_after(self, events: list[Any], kind: str) -> list[Any]:
        ends = [place for place, event in enumerate(events, 1) if isinstance(event, dict) and event.get("type") == kind]
        return events[ends[-1] :] if ends else events


_OPTIONS = jmespath.Options(custom_functions=_WithAfter())


def path(expression: str) -> ParsedResult:
    """Compile a path; raises ValueError where the expression is none, or calls a function that there is not."""
    try:
        compiled = jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"is no JMESPath expression: {str(error).splitlines()[0]}.") from None
    for name in _functions(compiled.parsed):
        if name not in _WithAfter.FUNCTION_TABLE:
            raise ValueError(f"calls a function {name}(), which there is not.")
    return compiled


def pattern(expression: str) -> re.Pattern[str]:
    """Compile a pattern; raises ValueError where the expression is none."""
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}.") from None


def _functions(node: Any) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        # Some nodes carry plain values beside other nodes.
        if isinstance(child, dict):
            yield from _functions(child)


def find(finder: Finder | None, value: Any) -> Any:
    """Find what a path leads to, or the first group of a pattern, or all of what matches one that has no group.

    None where there is nothing, or nothing of the kind that the finder works on.
    """
    if isinstance(finder, re.Pattern):
        found = finder.search(value) if isinstance(value, str) else None
        return found[min(finder.groups, 1)] if found else None
    try:
        return finder.search(value, _OPTIONS) if finder else None
    except (JMESPathError, ArithmeticError):
        return None


def find_text(finder: Finder | None, value: Any) -> str:
    """Find a text; whatever else is found counts as none."""
    found = find(finder, value)
    return found if isinstance(found, str) else ""


def find_figure(finder: Finder, value: Any) -> Any:
    """Find a number; one that a pattern finds is written out in digits."""
    found = find(finder, value)
    try:
        return float(found) if isinstance(found, str) else found
    except ValueError:
        return None
