"""The kinds of values in Jira's bodies; each says in words what it must be."""

import re
from typing import Any

from marshmallow import fields

# JSON can spell what no database stores as text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile("[0-9]{1,18}")


def storable(text: str) -> str:
    """Put a replacement character for each one that cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", text)


class Text(fields.String):
    """A text, with a replacement character for each one that cannot be stored."""

    def __init__(self, wanted: str = "must be text", **rest: Any) -> None:
        super().__init__(error_messages={"invalid": wanted}, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        return storable(super()._deserialize(value, attr, data, **rest))


class Id(Text):
    """An id, read as text; Jira sends the ids of some things as text and of others as numbers."""

    def __init__(self, **rest: Any) -> None:
        super().__init__("must be text or a whole number", **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        # No id of Jira's has more digits, and Python refuses to write down endless numbers.
        is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20
        return super()._deserialize(str(value) if is_number else value, attr, data, **rest)


class Flag(fields.Boolean):
    """True or false; old Jiras write it as text."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(error_messages={"invalid": "must be true or false"}, **rest)


class Milliseconds(fields.Field[int]):
    """A point in time since the epoch; loggers make text of it."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(error_messages={"invalid": "must be a number of milliseconds"}, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> int:
        number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 10**18:
            raise self.make_error("invalid")
        return number


class Markup(Text):
    """A text of Jira: wiki markup or an ADF document."""

    def __init__(self, **rest: Any) -> None:
        super().__init__("must be text or an ADF document", **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> Any:
        return value if isinstance(value, dict) else super()._deserialize(value, attr, data, **rest)


class Object(fields.Field[dict[str, Any]]):
    """An object, kept as it came."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(error_messages={"invalid": "must be an object"}, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class ListOf(fields.List[Any]):
    """A list; marshmallow's own takes objects for lists of their keys."""

    def __init__(self, item: fields.Field[Any] | type[fields.Field[Any]], **rest: Any) -> None:
        super().__init__(item, error_messages={"invalid": "must be a list"}, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **rest)
