"""The mark by which a repeated step finds its own earlier write in Jira."""

from typing import Any

#: The key of our comment property, and the type of our entries in an issue's history.
NAME = "jira-reactor"
#: The comment property by which Jira Service Management hides a comment from customers.
INTERNAL = "sd.public.comment"


def as_property(marker: str) -> dict[str, Any]:
    """Return the comment property that carries the marker inside the call that creates the comment."""
    return {"key": NAME, "value": {"marker": marker}}


def as_history(marker: str) -> dict[str, Any]:
    """Return the historyMetadata that carries the marker into the changelog of an edit or a transition."""
    return {"type": NAME, "extraData": {"marker": marker}}


def in_value(value: Any, marker: str) -> bool:
    """Tell whether the value of a comment property is this marker."""
    return isinstance(value, dict) and value.get("marker") == marker


def in_history(entry: Any, marker: str) -> bool:
    """Tell whether an entry of a changelog carries this marker."""
    metadata = entry.get("historyMetadata") if isinstance(entry, dict) else None
    return isinstance(metadata, dict) and in_value(metadata.get("extraData"), marker)
