"""A ready-to-paste handler file for an event that nothing handled."""

import keyword
import re

from app.events import names
from app.events.event import Change, Event
from app.routing.conditions.values import PROJECT_KEY

_FILE = '''"""Say in one sentence what this is for."""

from app.handler import Context, Router

router = Router()


@router.on({arguments})
def {function}(ctx: Context) -> None:
    """Let a droid work on the issue and leave what it says as a comment."""
    report = ctx.droid.run("Say here what the droid is to do.", about=ctx.issue)
    ctx.jira.comment(report.text)
'''
#: A condition on a longer value would hold once and never again.
_LONGEST = 60


def snippet(event: Event) -> str:
    """Write a handler file that loads as it is and matches this very event."""
    name = event.name if event.changes or not event.also else event.also[0]
    arguments = [_literal(name), *(f"{condition}={_literal(value)}" for condition, value in _conditions(event))]
    if name not in names.KNOWN:
        arguments.append("unlisted=True")
    return _FILE.format(arguments=", ".join(arguments), function=_function(name))


def _conditions(event: Event) -> list[tuple[str, str]]:
    project = [("project", event.project)] if PROJECT_KEY.fullmatch(event.project) else []
    return project + (_change(event.changes[0], event) if event.changes else [])


def _change(change: Change, event: Event) -> list[tuple[str, str]]:
    if not change.field.strip():
        return []
    if change.is_of("labels"):
        if labels := event.labels_added:
            return [("label_added", labels[0])]
    elif change.to and change.to.strip() and len(change.to) <= _LONGEST:
        return [("field", change.field), ("to", change.to)]
    return [("field", change.field)]


def _function(name: str) -> str:
    word = re.sub(r"\W+", "_", name.rpartition(":")[2]).strip("_").lower()
    return word if word.isidentifier() and not keyword.iskeyword(word) else "react"


def _literal(text: str) -> str:
    """Quote a text as Python does, with double quotes where that needs no escapes."""
    quoted = repr(text)
    return quoted if '"' in text or "'" in text else f'"{quoted[1:-1]}"'
