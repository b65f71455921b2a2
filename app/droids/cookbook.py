"""Find and check the recipes: those that come with this service and those of the admin, one TOML file each."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jmespath.parser import ParsedResult
from marshmallow import Schema, ValidationError, post_load, validates_schema
from marshmallow import fields as read
from marshmallow.validate import OneOf

from app.droids.base import DroidMisconfigured
from app.droids.paths import compiled
from app.droids.recipe import Paths, Recipe

SHIPPED = Path(__file__).with_name("recipes")


class _Path(read.Field[ParsedResult]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> ParsedResult:
        try:
            return compiled(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(f"is no JMESPath expression: {error}.") from None


class _Pattern(read.Field[re.Pattern[str]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> re.Pattern[str]:
        try:
            return re.compile(value)
        except (TypeError, re.error) as error:
            raise ValidationError(f"is no regular expression: {error}.") from None


def _pieces(placeholder: str = "", **kwargs: Any) -> read.List[str]:
    """Arguments, each a text of its own; where there are any, with the placeholder in one of them."""

    def holds(pieces: list[str]) -> None:
        if pieces and not any(placeholder in piece for piece in pieces):
            raise ValidationError(f"has no {placeholder} in it.")

    return read.List(read.String(), validate=holds, **kwargs)


class _PathsSchema(Schema):
    text, session, question = _Path(), _Path(), _Path()
    error, end, step = _Path(), _Path(), _Path()

    @post_load
    def _made(self, values: dict[str, Any], **kwargs: Any) -> Paths:
        return Paths(**values)


class _AutonomySchema(Schema):
    none = _pieces(required=True)
    low, medium, high = _pieces(), _pieces(), _pieces()


class RecipeSchema(Schema):
    """The keys of a recipe file; docs/operating.md says what each means."""

    like = read.String()
    command = _pieces(required=True)
    prompt = read.String(validate=OneOf(["stdin", "file"]))
    resume = _pieces("{session}")
    model = _pieces("{model}")
    autonomy = read.Nested(_AutonomySchema)
    output = read.String(validate=OneOf(["auto", "text", "json", "jsonl"]))
    paths = read.Nested(_PathsSchema)
    usage = read.Dict(read.String(), _Path())
    failed = read.List(_Pattern())
    forgotten = read.List(_Pattern())
    environment = read.List(read.String())

    @validates_schema
    def _command_takes_the_prompt(self, values: dict[str, Any], **kwargs: Any) -> None:
        if not values["command"]:
            raise ValidationError("names no program.", "command")
        in_file = values.get("prompt") == "file"
        if in_file != any("{prompt_file}" in piece for piece in values["command"]):
            missing = (
                "has no {prompt_file} in it" if in_file else 'has {prompt_file} in it, which needs prompt = "file"'
            )
            raise ValidationError(f"{missing}.", "command")


def names(folder: Path | None) -> list[str]:
    """Name all recipes there are, with those in the admin's own folder."""
    return sorted({path.stem for place in (SHIPPED, folder) if place for path in place.glob("*.toml")})


def find_recipe(name: str, folder: Path | None) -> Recipe | None:
    """Read the recipe called `name`, the admin's own before a shipped one; None where there is neither.

    Raises DroidMisconfigured where the file is not what a recipe must be.
    """
    places = [place / f"{name}.toml" for place in (folder, SHIPPED) if place]
    path = next((path for path in places if path.is_file()), None)
    return _recipe(path) if path else None


def _recipe(path: Path) -> Recipe:
    values = _toml(path)
    if isinstance(model := values.get("like"), str):
        values = _toml(_shipped(model, path)) | values
    try:
        loaded = RecipeSchema().load(values)
    except ValidationError as error:
        key, problem = _first(error.messages_dict)
        raise _wrong(path, f"{key}: {problem}") from None
    kept = {key: _frozen(value) for key, value in loaded.items() if key not in ("like", "environment")}
    return Recipe(**kept, origin=f"the recipe {path}")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _shipped(name: str, path: Path) -> Path:
    if name not in names(None):
        raise _wrong(path, f"like: {name!r} is no recipe that comes with this service ({', '.join(names(None))}).")
    return SHIPPED / f"{name}.toml"


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, f"it cannot be read as TOML: {error}") from None


def _first(messages: Mapping[Any, Any]) -> tuple[str, str]:
    """Give the first complaint with the dotted name of what it is about, and a hint where that is a misspelt key."""
    keys: list[str] = []
    found: Any = messages
    while isinstance(found, Mapping):
        key, found = next(iter(found.items()))
        keys.append(str(key))
    return ".".join(keys), f"{found[0]}{_hint(keys) if found[0] == 'Unknown field.' else ''}"


def _hint(keys: list[str]) -> str:
    known: Any = RecipeSchema().fields
    for key in keys[:-1]:
        known = known[key].schema.fields
    near = difflib.get_close_matches(keys[-1], known, n=1)
    return f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known)}."


def _wrong(path: Path, problem: str) -> DroidMisconfigured:
    return DroidMisconfigured(
        f"The recipe {path} is wrong: {problem}", "docs/operating.md lists the keys of a recipe and what each means."
    )
