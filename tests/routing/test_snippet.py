"""The handler offered for an event that nothing handled."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.events.event import Change, Event
from app.routing import load_file, match, snippet
from tests.routing.examples import TO_PROGRESS, commented, created, told_as_update, updated

EVENTS = [
    pytest.param(
        updated(TO_PROGRESS), '"jira:issue_updated", project="OPS", field="status", to="In Progress"', id="status"
    ),
    pytest.param(updated(Change("labels", to="a b", from_="a")), 'project="OPS", label_added="b"', id="label added"),
    pytest.param(updated(Change("labels", from_="a")), 'project="OPS", field="labels")', id="label removed"),
    pytest.param(updated(Change("summary", to='A "b"\'s\n')), "to='A \"b\"\\'s\\n'", id="quotes"),
    pytest.param(updated(Change("Статус", to="Готово")), 'field="Статус", to="Готово"', id="another alphabet"),
    pytest.param(updated(Change("description", to="x" * 61)), 'field="description")', id="long value"),
    pytest.param(updated(Change("", to="x")), 'on("jira:issue_updated", project="OPS")', id="field without a name"),
    pytest.param(commented("hi"), 'on("comment_created", project="OPS")', id="comment"),
    pytest.param(told_as_update("hi"), 'on("comment_created", project="OPS")', id="comment told as an update"),
    pytest.param(replace(created(), project="not a key"), 'on("jira:issue_created")', id="odd project"),
    pytest.param(Event("sprint_started"), 'on("sprint_started")', id="no project"),
    pytest.param(Event("a:1 class\ud800"), 'on("a:1 class\\ud800", unlisted=True)\ndef react(', id="odd name"),
]


@pytest.mark.parametrize(("event", "part"), EVENTS)
def test_the_handler_loads_as_it_is_and_matches_that_very_event(tmp_path: Path, event: Event, part: str) -> None:
    text = snippet(event)
    assert part in text
    path = tmp_path / "pasted.py"
    path.write_text(text, "utf-8")
    assert [verdict.failed for verdict in match(load_file(path), event, None)] == [""]
