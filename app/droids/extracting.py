"""Take out of a program's output what its recipe says where to find."""

import json
from dataclasses import replace
from typing import Any

from app.droids.cleaning import printable
from app.droids.finding import find, find_figure, find_text
from app.droids.output import BROKEN_OFF, Said, figures, session_in, understand
from app.droids.recipe import Recipe


def extract(recipe: Recipe, output: str) -> Said:
    """Read all of an output, in the form the recipe names."""
    if recipe.output == "auto":
        return understand(output)
    value: Any = output
    if recipe.output in ("json", "jsonl"):
        value = events(output) if recipe.output == "jsonl" else _document(output)
    if output and not value:
        # What it printed instead is usually its reason.
        return Said(fault=f"It printed no JSON: {output.splitlines()[-1]}")
    said = _said(recipe, value)
    return replace(said, text=said.text or output) if recipe.output == "text" else said


def _said(recipe: Recipe, value: Any) -> Said:
    read = recipe.read
    broken_off = read.end is not None and bool(value) and not find(read.end, value)
    return Said(
        text=printable(find_text(read.text, value)),
        session=session_in(find(read.session, value)),
        usage=figures({name: find_figure(finder, value) for name, finder in recipe.usage.items()}),
        fault=printable(find_text(read.error, value)) or (BROKEN_OFF if broken_off else ""),
        question=printable(find_text(read.question, value)),
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
