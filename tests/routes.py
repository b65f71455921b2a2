"""A quicker start of the hundreds of simulators that tests make."""

from typing import Any

from werkzeug.routing import Rule

_compile_builder = Rule._compile_builder  # type: ignore[attr-defined]


def build_addresses_on_request() -> None:
    """Let a route compile what builds its address when an address is built: most never are, and it takes longest."""
    Rule._compile_builder = _lazily  # type: ignore[attr-defined]


def _lazily(rule: Rule, append_unknown: bool = True) -> Any:
    made: list[Any] = []

    def build(*given: Any, **values: Any) -> Any:
        if not made:
            made.append(_compile_builder(rule, append_unknown))
        return made[0](*given, **values)

    return build
