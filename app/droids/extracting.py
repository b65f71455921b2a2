"""Take out of a program's output what its recipe says where to find."""

import json
from typing import Any

from app.droids.cleaning import printable
from app.droids.output import Said, figures, session_in, understand
from app.droids.paths import find, find_text
from app.droids.recipe import Recipe

_BROKEN_OFF = "Its output broke off before it said how it ended."


def extract(recipe: Recipe, output: str) -> Said:
    """Read all of an output, in the form the recipe names."""
    if recipe.output == "auto":
        return understand(output)
    if recipe.output == "text":
        return Said(output, fault=recipe.failure(output))
    value = events(output) if recipe.output == "jsonl" else _document(output)
    if not value:
        # What it printed instead is usually its reason.
        return Said(fault=f"It printed no JSON: {output.splitlines()[-1]}" if output else "")
    return _said(recipe, value)


def _said(recipe: Recipe, value: Any) -> Said:
    paths = recipe.paths
    broken_off = paths.end is not None and not find(paths.end, value)
    return Said(
        text=printable(find_text(paths.text, value)),
        session=session_in(find(paths.session, value)),
        usage=figures({name: find(path, value) for name, path in recipe.usage.items()}),
        fault=printable(find_text(paths.error, value)) or (_BROKEN_OFF if broken_off else ""),
        question=printable(find_text(paths.question, value)),
    )


def events(output: str) -> list[dict[str, Any]]:
    """Read JSON lines; lines that are no objects, such as a warning or a torn one, are passed over."""
    return [event for line in output.split("\n") if (event := an_object(line))]


def an_object(text: str | bytes) -> dict[str, Any] | None:
    """Read one JSON object; None where the text is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _document(output: str) -> dict[str, Any] | None:
    """Read the one object of an output, which may come after lines that are none."""
    return an_object(output) or next(
        (found for line in reversed(output.split("\n")) if (found := an_object(line))), None
    )
