"""Find and check the recipes: those that come with this service and those of the admin, one TOML file each."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import OneOf

from app.droids.base import DroidMisconfigured
from app.droids.finding import Finder, path, pattern
from app.droids.recipe import Finders, Recipe

_T = TypeVar("_T")

SHIPPED = Path(__file__).with_name("recipes")


def _pieces(placeholder: str = "", **kwargs: Any) -> fields.List[str]:
    """Arguments, each a text of its own; where there are any, with the placeholder in one of them."""

    def holds(pieces: list[str]) -> None:
        if pieces and not any(placeholder in piece for piece in pieces):
            raise ValidationError(f"has no {placeholder} in it.")

    return fields.List(fields.String(), validate=holds, **kwargs)


class _ReadSchema(Schema):
    text, session, question = fields.String(), fields.String(), fields.String()
    error, end, step = fields.String(), fields.String(), fields.String()


class _AutonomySchema(Schema):
    none = _pieces(required=True)
    low, medium, high = _pieces(), _pieces(), _pieces()


def _variables(**kwargs: Any) -> fields.Dict:
    return fields.Dict(fields.String(), fields.String(), **kwargs)


class _VariablesSchema(Schema):
    none = _variables(required=True)
    low, medium, high = _variables(), _variables(), _variables()


class RecipeSchema(Schema):
    """The keys of a recipe file; docs/operating.md says what each means."""

    like = fields.String()
    command = _pieces(required=True)
    prompt = fields.String(validate=OneOf(["stdin", "file"]))
    resume = _pieces("{session}")
    model = _pieces("{model}")
    autonomy = fields.Nested(_AutonomySchema)
    variables = fields.Nested(_VariablesSchema)
    output = fields.String(validate=OneOf(["auto", "text", "json", "jsonl"]))
    read = fields.Nested(_ReadSchema)
    usage = fields.Dict(fields.String(), fields.String())
    forgotten = fields.List(fields.String())
    environment = fields.List(fields.String())

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

    @post_load
    def _compiled(self, values: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        finder: Callable[[str], Finder] = pattern if values.get("output") == "text" else path
        return values | {
            "read": Finders(**_each("read", values.get("read", {}), finder)),
            "usage": _each("usage", values.get("usage", {}), finder),
            "forgotten": tuple(_each("forgotten", dict(enumerate(values.get("forgotten", []))), pattern).values()),
        }


def _each(key: str, expressions: Mapping[Any, str], compile_one: Callable[[str], _T]) -> dict[Any, _T]:
    """Compile every expression under a key; what is wrong is told with the name of the one."""
    compiled = {}
    for name, expression in expressions.items():
        try:
            compiled[name] = compile_one(expression)
        except ValueError as error:
            raise ValidationError({key: {name: [str(error)]}}) from None
    return compiled


def names(folder: Path | None) -> list[str]:
    """Name all recipes there are, with those in the admin's own folder."""
    return sorted({file.stem for place in (SHIPPED, folder) if place for file in place.glob("*.toml")})


def find_recipe(name: str, folder: Path | None) -> Recipe | None:
    """Read the recipe called `name`, the admin's own before a shipped one; None where there is neither.

    Raises DroidMisconfigured where the file is not what a recipe must be.
    """
    places = [place / f"{name}.toml" for place in (folder, SHIPPED) if place]
    file = next((place for place in places if place.is_file()), None)
    return _recipe(file) if file else None


def _recipe(file: Path) -> Recipe:
    values = _toml(file)
    if isinstance(base := values.get("like"), str):
        values = _toml(_shipped(base, file)) | values
    try:
        loaded = RecipeSchema().load(values)
    except ValidationError as error:
        key, problem = _first(error.messages_dict)
        raise _wrong(file, f"{key}: {problem}") from None
    kept = {key: _frozen(value) for key, value in loaded.items() if key not in ("like", "environment")}
    return Recipe(**kept, origin=f"the recipe {file}")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _shipped(name: str, file: Path) -> Path:
    if name not in names(None):
        raise _wrong(file, f"like: {name!r} is no recipe that comes with this service ({', '.join(names(None))}).")
    return SHIPPED / f"{name}.toml"


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(file, f"it cannot be read as TOML: {error}") from None


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


def _wrong(file: Path, problem: str) -> DroidMisconfigured:
    return DroidMisconfigured(
        f"The recipe {file} is wrong: {problem}", "docs/operating.md lists the keys of a recipe and what each means."
    )
