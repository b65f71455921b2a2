"""The changelog: what changing a field looks like, with its ids and its words."""

from typing import Any

from app.simulator.faces import Face
from app.simulator.issues import PRIORITIES, RESOLUTIONS, Issue, Item
from app.simulator.people import Person
from app.simulator.workflow import Status


def current(issue: Issue, name: str) -> Any:
    """Give a field's value, custom fields included."""
    return issue.custom.get(name) if name.startswith("customfield_") else getattr(issue, name)


def put(issue: Issue, name: str, value: Any) -> None:
    """Set a field, custom fields included."""
    if name.startswith("customfield_"):
        issue.custom[name] = value
    else:
        setattr(issue, name, value)


def item(face: Face, name: str, old: Any, new: Any) -> Item:
    """Describe a change as Jira's changelog does."""
    (from_, from_string), (to, to_string) = _words(face, name, old), _words(face, name, new)
    return Item(name, from_, from_string, to, to_string, field_id=name if face.name == "cloud" else "")


def _words(face: Face, name: str, value: Any) -> tuple[str | None, str | None]:
    """Give the id and the words of a value; texts have words only."""
    if value is None:
        return None, None
    if isinstance(value, Person):
        return value.id, value.name
    if isinstance(value, Status):
        return value.id, value.name
    if name == "labels":
        return None, " ".join(value)
    if name == "description":
        return None, face.wiki(value)
    ids = {"priority": PRIORITIES, "resolution": RESOLUTIONS}.get(name, {})
    return ids.get(value), str(value)
