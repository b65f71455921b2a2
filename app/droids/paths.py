"""Find values in the JSON that agent programs print, by JMESPath expressions.

https://jmespath.org/specification.html tells the language; one function of ours comes on top, `after(events, 'type')`:
the events that follow the last one of that type, or all where there is none.
"""

from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult


class _WithAfter(Functions):
    @signature({"types": ["array"]}, {"types": ["string"]})
    def _func_after(self, events: list[Any], kind: str) -> list[Any]:
        ends = [place for place, event in enumerate(events, 1) if isinstance(event, dict) and event.get("type") == kind]
        return events[ends[-1] :] if ends else events


_OPTIONS = jmespath.Options(custom_functions=_WithAfter())


def compiled(expression: str) -> ParsedResult:
    """Compile an expression; raises ValueError where it is none, or calls a function that there is not."""
    try:
        path = jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    for name in _functions(path.parsed):
        if name not in _WithAfter.FUNCTION_TABLE:
            raise ValueError(f"there is no function {name}()")
    return path


def _functions(node: Any) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        # Some nodes carry plain values beside other nodes.
        if isinstance(child, dict):
            yield from _functions(child)


def find(path: ParsedResult | None, value: Any) -> Any:
    """Find what the path leads to in a value; None where it leads nowhere, or over values of an unfit kind."""
    try:
        return path.search(value, _OPTIONS) if path else None
    except JMESPathError:
        return None


def find_text(path: ParsedResult | None, value: Any) -> str:
    """Find a text; whatever else is found counts as none."""
    found = find(path, value)
    return found if isinstance(found, str) else ""
