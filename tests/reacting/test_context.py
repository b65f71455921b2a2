"""What a handler is given."""

import pytest

from app.errors import ReactorError
from app.events.event import Event
from app.handler import Context, Router
from tests.reacting.conftest import World


def test_the_issue_is_the_one_jira_has_now_and_not_the_one_of_the_event(here: World) -> None:
    seen: list[tuple[str, str]] = []
    router = Router()

    @router.on("jira:issue_created")
    def look(ctx: Context) -> None:
        told = ctx.event.issue
        assert told
        seen.append((told.status, ctx.issue.status))

    key = here.issue()
    here.site.move(key, "In Progress", by=here.ada)
    here.react(router)
    assert seen == [("To Do", "In Progress")]


def test_the_issue_is_read_once(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    router, asked = Router(), []

    @router.on("jira:issue_created")
    def look(ctx: Context) -> None:
        assert ctx.issue is ctx.issue

    cloud.issue()
    monkeypatch.setattr(cloud.running.trouble, "before", lambda method, path: asked.append((method, path)))
    [run] = cloud.react(router)
    assert run.state == "complete"
    assert asked == [("GET", "/rest/api/3/issue/OPS-1")]


def test_the_comment_is_the_one_of_the_event(here: World) -> None:
    router, seen = Router(), []

    @router.on("comment_created")
    def look(ctx: Context) -> None:
        seen.append((ctx.comment.author and ctx.comment.author.name, ctx.comment.body))

    key = here.issue()
    here.site.add_comment(key, "hello", by=here.ada)
    here.react(router)
    assert seen == [("Ada", "hello")]


def test_what_an_event_does_not_tell_is_an_error_with_its_cure() -> None:
    context = Context(Event("sprint_started"), None, None, None, None, "", None, None, None)  # type: ignore[arg-type]
    with pytest.raises(ReactorError, match="The event tells of no issue") as issue:
        _ = context.issue
    with pytest.raises(ReactorError, match="The event tells of no comment") as comment:
        _ = context.comment
    assert issue.value.cure
    assert "comment_created" in comment.value.cure
