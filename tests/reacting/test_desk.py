"""What a handler writes to Jira stands there once, where it was meant to be, and for whom it was meant."""

from collections.abc import Callable
from typing import Any

import pytest

from app.events.event import Issue
from app.handler import Context, Router
from app.markup import to_adf
from app.simulator.issues import Issue as Stored
from app.storage import projects
from tests.reacting.conftest import World


def once(do: Callable[[Context], object]) -> Router:
    """A router that does one thing when an issue is created."""
    router = Router()

    @router.on("jira:issue_created", "issue_property_set")
    def work(ctx: Context) -> None:
        do(ctx)

    return router


def do(world: World, what: Callable[[Context], object], project: str = "OPS", **fields: Any) -> tuple[Stored, str]:
    """Create an issue, let a handler do one thing to it, and return the issue and how the run ended."""
    key = world.issue(project, **fields)
    [run] = world.react(once(what))
    assert run.state in ("complete", "failed")
    return world.site.issues[key], run.reason


def test_markdown_becomes_what_each_jira_shows(here: World) -> None:
    issue, reason = do(here, lambda ctx: ctx.jira.comment("**Done**, see `x`"))
    assert reason == ""
    [comment] = issue.comments
    assert comment.body == (to_adf("**Done**, see `x`") if here.cloud else "*Done*, see {{x}}")
    assert comment.author.id == here.droid.id


def test_a_mention_is_written_as_each_jira_reads_it(here: World) -> None:
    issue, _ = do(
        here, lambda ctx: ctx.jira.comment(f"{ctx.jira.mention(ctx.issue.reporter)} hi {ctx.jira.mention(None)}")
    )
    told = str(issue.comments[0].body)
    assert here.ada.id in told if here.cloud else "[~ada]" in told


def test_an_empty_comment_is_refused_before_jira_is_asked(cloud: World) -> None:
    issue, reason = do(cloud, lambda ctx: ctx.jira.comment(" \n"))
    assert reason.startswith("The comment is empty.")
    assert [cloud.text(c) for c in issue.comments] == cloud.said(issue.key)
    assert "The comment is empty." in cloud.said(issue.key)[0]


def test_a_comment_over_jiras_bound_is_split_and_nothing_is_lost(here: World) -> None:
    words = [f"word{number}" for number in range(12_000)]
    returned: list[str] = []
    issue, reason = do(here, lambda ctx: returned.append(ctx.jira.comment(" ".join(words))))
    assert reason == ""
    parts = here.said(issue.key)
    assert len(parts) > 1
    assert [part.rpartition("\n")[2] for part in parts] == [f"({n}/{len(parts)})" for n in range(1, len(parts) + 1)]
    assert " ".join(part.rpartition("\n")[0] for part in parts).split() == words
    assert returned == [str(issue.comments[0].id)]


def test_editing_replaces_the_text_and_lets_the_rest_follow(here: World) -> None:
    def write_and_edit(ctx: Context) -> None:
        ctx.jira.edit_comment(ctx.jira.comment("draft"), "long " * 9_000)

    issue, reason = do(here, write_and_edit)
    assert reason == ""
    parts = here.said(issue.key)
    assert len(parts) > 1
    assert "draft" not in "".join(parts)
    assert "".join(parts).count("long") == 9_000


def answering(text: str = "an answer") -> Router:
    router = Router()

    @router.on("comment_created")
    def answer(ctx: Context) -> None:
        ctx.jira.comment(text)

    return router


def test_an_answer_to_a_restricted_comment_is_shown_to_the_same_people(here: World) -> None:
    key = here.issue()
    visibility = {"type": "role", "value": "Developers"}
    here.site.add_comment(key, "between us", by=here.ada, visibility=visibility)
    here.react(answering())
    _, answer = here.site.issues[key].comments
    assert answer.visibility == visibility


def test_a_group_is_named_by_what_cannot_be_renamed(cloud: World) -> None:
    key = cloud.issue()
    group = {"type": "group", "value": "devs", "identifier": "276f955c"}
    cloud.site.add_comment(key, "between us", by=cloud.ada, visibility=group)
    cloud.react(answering())
    _, answer = cloud.site.issues[key].comments
    assert answer.visibility == {"type": "group", "identifier": "276f955c"}


def test_an_answer_to_an_internal_comment_stays_internal(here: World) -> None:
    """Data Center's webhooks do not say which comments are internal, so that Jira has to be asked."""
    key = here.issue()
    internal = {"sd.public.comment": {"internal": True}}
    here.site.add_comment(key, "not for the customer", by=here.ada, properties=internal)
    here.react(answering())
    _, answer = here.site.issues[key].comments
    assert not answer.public


def test_customers_read_only_what_answers_them(here: World) -> None:
    """In a service project, what a droid says of itself is for the team, unless a handler decides otherwise."""
    here.site.add_project("HELP", "Help desk", kind="service_desk")
    projects.authorize(here.db, here.connection.id, "HELP")
    router = Router()

    @router.on("jira:issue_created", project="HELP")
    def look(ctx: Context) -> None:
        ctx.jira.comment("for the team")
        ctx.jira.comment("for the customer", internal=False)

    @router.on("comment_created", project="HELP")
    def answer(ctx: Context) -> None:
        ctx.jira.comment("an answer")

    key = here.issue("HELP")
    here.react(router)
    here.site.add_comment(key, "where is it?", by=here.ada)
    here.react(router)
    shown = [(here.text(comment), comment.public) for comment in here.site.issues[key].comments]
    assert shown == [
        ("for the team", False),
        ("for the customer", True),
        ("where is it?", True),
        ("an answer", True),
    ]


def test_a_failure_over_an_internal_comment_is_said_internally(here: World) -> None:
    key = here.issue()
    internal = {"sd.public.comment": {"internal": True}}
    here.site.add_comment(key, "not for the customer", by=here.ada, properties=internal)
    here.react(answering(" "))
    _, apology = here.site.issues[key].comments
    assert not apology.public


def test_an_answer_to_a_public_comment_is_public(here: World) -> None:
    key = here.issue()
    here.site.add_comment(key, "hello", by=here.ada)
    here.react(answering())
    _, answer = here.site.issues[key].comments
    assert answer.public
    assert answer.visibility is None


def test_another_issue_is_not_bound_to_the_people_of_this_one(here: World) -> None:
    key, other = here.issue(), here.issue()
    here.react()
    here.site.add_comment(key, "between us", by=here.ada, visibility={"type": "role", "value": "Developers"})
    router = Router()

    @router.on("comment_created")
    def tell(ctx: Context) -> None:
        ctx.jira.comment("see over there", on=other)

    here.react(router)
    [told] = here.site.issues[other].comments
    assert told.visibility is None
    assert len(here.site.issues[key].comments) == 1


def test_an_issue_is_moved_by_name_by_category_and_to_the_first_of_several(here: World) -> None:
    moved: list[Any] = []

    def walk(ctx: Context) -> None:
        moved.append(ctx.jira.transition("in progress"))
        moved.append(ctx.jira.transition("Nirvana", "In Review", "Done"))
        moved.append(ctx.jira.transition("done"))
        moved.append(ctx.jira.transition("Done"))

    issue, reason = do(here, walk)
    assert reason == ""
    assert [(m.from_, m.to, m.moved) for m in moved] == [
        ("To Do", "In Progress", True),
        ("In Progress", "In Review", True),
        ("In Review", "Done", True),
        ("Done", "Done", False),
    ]
    assert issue.status.name == "Done"


def test_an_optional_transition_that_nothing_offers_leaves_the_issue_alone(here: World) -> None:
    moved: list[Any] = []
    issue, reason = do(here, lambda ctx: moved.append(ctx.jira.transition("Nirvana", optional=True)))
    assert reason == ""
    assert not moved[0].moved
    assert issue.status.name == "To Do"


REFUSED = [
    pytest.param("OPS", lambda ctx: ctx.jira.transition("Nirvana"), "cannot go from 'To Do' to", id="nowhere"),
    pytest.param(
        "OPS",
        lambda ctx: (ctx.jira.transition("Done"), ctx.jira.transition("To Do")),
        "would take it back to an earlier category",
        id="backwards",
    ),
    pytest.param(
        "GATE",
        lambda ctx: [ctx.jira.transition(to) for to in ("In Progress", "In Review", "Done")],
        "asks for Resolution (resolution: Done, Won't Do, Duplicate)",
        id="a screen with a required field",
    ),
]


@pytest.mark.parametrize(("project", "what", "words"), REFUSED)
def test_a_move_that_cannot_be_made_is_said_in_jira_with_its_reason(
    here: World, project: str, what: Callable[[Context], object], words: str
) -> None:
    issue, reason = do(here, what, project)
    assert words in reason
    [said] = here.said(issue.key)
    assert words in said


def test_a_screen_is_given_the_field_it_asks_for(here: World) -> None:
    def walk(ctx: Context) -> None:
        ctx.jira.transition("In Progress")
        ctx.jira.transition("In Review")
        ctx.jira.transition("Done", fields={"resolution": {"name": "Won't Do"}})

    issue, reason = do(here, walk, "GATE")
    assert reason == ""
    assert (issue.status.name, issue.resolution) == ("Done", "Won't Do")


def test_backwards_is_for_whoever_asks_for_it(here: World) -> None:
    def walk(ctx: Context) -> None:
        ctx.jira.transition("Done")
        ctx.jira.transition("To Do", backwards=True)

    issue, reason = do(here, walk)
    assert reason == ""
    assert issue.status.name == "To Do"


def test_an_issue_is_assigned_and_taken_away(here: World) -> None:
    issue, _ = do(here, lambda ctx: ctx.jira.assign(ctx.droid.user))
    assert issue.assignee == here.droid
    here.site.set_property(issue.key, "again", 1, by=here.ada)
    here.react(once(lambda ctx: ctx.jira.assign(ctx.event.actor)))
    assert issue.assignee == here.ada
    here.site.set_property(issue.key, "and again", 1, by=here.ada)
    here.react(once(lambda ctx: ctx.jira.assign(None)))
    assert issue.assignee is None


def test_labels_come_and_go_and_leave_the_others_alone(here: World) -> None:
    issue, reason = do(here, lambda ctx: ctx.jira.label("seen", "new", remove=("old",)), labels=("kept", "old"))
    assert reason == ""
    assert set(issue.labels) == {"kept", "seen", "new"}


def test_a_page_is_linked(here: World) -> None:
    issue, reason = do(here, lambda ctx: ctx.jira.remote_link("https://example.com/1", "Pull request 1"))
    assert reason == ""
    [link] = issue.links
    assert link.content["object"] == {"url": "https://example.com/1", "title": "Pull request 1"}


def test_a_property_is_kept_and_read_back(here: World) -> None:
    read: list[Any] = []

    def work(ctx: Context) -> None:
        read.append(ctx.jira.get_property("branch"))
        ctx.jira.set_property("branch", {"name": "fix-1"})
        read.append(ctx.jira.get_property("branch"))

    issue, reason = do(here, work)
    assert reason == ""
    assert read == [None, {"name": "fix-1"}]
    assert issue.properties == {"branch": {"name": "fix-1"}}


def test_comments_are_read_oldest_first(here: World) -> None:
    read: list[str] = []
    key = here.issue()
    here.react()
    for text in ("one", "two"):
        here.site.add_comment(key, text, by=here.ada)
    other = here.issue()
    here.react(once(lambda ctx: read.extend(here.text(c) for c in ctx.jira.comments(on=key))))
    assert read == ["one", "two"]
    assert here.site.issues[other].comments == []


def test_fields_are_set_in_jiras_own_shape(here: World) -> None:
    issue, reason = do(here, lambda ctx: ctx.jira.set_fields({"priority": {"name": "High"}}))
    assert reason == ""
    assert issue.priority == "High"


def test_a_search_returns_what_the_account_may_see(here: World) -> None:
    found: list[Any] = []
    for summary in ("Export fails", "Import fails"):
        here.site.create_issue("OPS", summary, by=here.ada)
    here.react()
    do(here, lambda ctx: found.append(ctx.jira.search('project = OPS AND summary ~ "fails" ORDER BY key', limit=1)))
    [[issue]] = found
    assert (issue.key, issue.summary, issue.status, issue.labels) == ("OPS-1", "Export fails", "To Do", ())


def test_similar_issues_are_of_the_same_project_and_the_likest_come_first(here: World) -> None:
    found: list[Any] = []
    for project, summary in (
        ("OPS", "The fire in the printer room"),
        ("OPS", "Fire the printer"),
        ("OPS", "Printer is late"),
        ("OPS", "It rains"),
        ("GATE", "Printer is on fire again"),
        ("OPS", "a printer, on FIRE! is that the case?"),
    ):
        here.site.create_issue(project, summary, by=here.ada)
    here.react()

    def look(ctx: Context) -> None:
        found.extend(ctx.jira.similar(ctx.issue))
        assert ctx.jira.similar(Issue("9", "OPS-9", project="OPS", summary="It is so")) == []

    _, reason = do(here, look)
    assert reason == ""
    assert [issue.summary for issue in found] == [
        "a printer, on FIRE! is that the case?",
        "Fire the printer",
        "The fire in the printer room",
    ]


def test_an_event_without_an_issue_asks_for_a_name(cloud: World) -> None:
    from app.errors import ReactorError
    from app.events.event import Event
    from app.reacting.desk import Desk

    desk = Desk(cloud.open_jira(cloud.connection), None, Event("sprint_started"))  # type: ignore[arg-type]
    with pytest.raises(ReactorError, match="The event tells of no issue") as caught:
        desk.comment("hello")
    assert "on=" in caught.value.cure
