"""The decision an event gets, and its reason."""

from dataclasses import replace

import pytest

from app.events.event import Event, Issue, User
from app.routing import Route, Router, decide
from tests.routing.examples import ADA, DROID, TO_PROGRESS, commented, updated


def every(key: str) -> bool:
    return True


@pytest.fixture(name="routes")
def _routes() -> list[Route]:
    router = Router()

    @router.on("jira:issue_updated", project="DEMO", field="status")
    def elsewhere(ctx: object) -> None: ...

    @router.on("jira:issue_updated", project="OPS", field="status", to="Done")
    def closing(ctx: object) -> None: ...

    @router.on("comment_created", mention=True)
    def answer(ctx: object) -> None: ...

    @router.on("comment_created", when=lambda event: event.payload.get("loud"))
    def loud(ctx: object) -> None: ...

    return router.routes


DONE = updated(replace(TO_PROGRESS, to="Done"))
MENTION = commented("hi", DROID.id)
CUSTOMER = User("qm:1", "Kim", kind="customer")

DECISIONS = [
    pytest.param(DONE, "handled", "test_deciding.closing matched.", id="one route"),
    pytest.param(
        replace(MENTION, payload={"loud": True}),
        "handled",
        "test_deciding.answer and test_deciding.loud matched.",
        id="two routes",
    ),
    pytest.param(
        commented("hi"),
        "unmatched",
        "No route matched; closest: test_deciding.answer needs a mention of the droid.",
        id="closest",
    ),
    pytest.param(
        updated(TO_PROGRESS),
        "unmatched",
        "No route matched; closest: test_deciding.closing needs a change of status to Done; "
        "it changed from To Do to In Progress.",
        id="closest is the one that got furthest",
    ),
    pytest.param(
        replace(DONE, name="jira:issue_deleted"),
        "unmatched",
        "No route matched; none listens to jira:issue_deleted.",
        id="nobody listens",
    ),
    pytest.param(
        replace(DONE, name="sprint_paused"),
        "unknown",
        "Jira's documentation does not list the event sprint_paused, and no route asks for it with unlisted=True.",
        id="unknown",
    ),
    pytest.param(replace(DONE, name=""), "unknown", "The body names no event.", id="no name"),
    pytest.param(
        replace(MENTION, actor=DROID),
        "ignored",
        "The droid did this itself, and it never reacts to its own doings.",
        id="own doing",
    ),
    pytest.param(
        replace(MENTION, actor=None, comment=replace(MENTION.comment, author=DROID)),
        "ignored",
        "The droid did this itself, and it never reacts to its own doings.",
        id="own comment",
    ),
    pytest.param(
        replace(MENTION, actor=CUSTOMER),
        "ignored",
        "Kim is a customer of a service project, and customers never trigger a droid.",
        id="customer",
    ),
    pytest.param(
        replace(MENTION, actor=User("a", "Automation", kind="app")),
        "handled",
        "test_deciding.answer matched.",
        id="app",
    ),
    pytest.param(
        replace(MENTION, project=""),
        "refused",
        "test_deciding.answer would match, but this event does not say which project it concerns.",
        id="would match without a project",
    ),
    pytest.param(
        replace(MENTION, project="", issue=Issue("10001", "")),
        "refused",
        "test_deciding.answer would match, but this event does not say which project it concerns. "
        "It is a comment without its issue; Data Center tells the same comment in jira:issue_updated.",
        id="comment without its issue",
    ),
    pytest.param(
        commented("hi", project="", issue=None),
        "unmatched",
        "No route matched; closest: test_deciding.answer needs a mention of the droid. "
        "Also, this event does not say which project it concerns. "
        "It is a comment without its issue; Data Center tells the same comment in jira:issue_updated.",
        id="unmatched comment without its issue",
    ),
]


@pytest.mark.parametrize(("event", "decision", "reason"), DECISIONS)
def test_every_decision_has_its_reason(routes: list[Route], event: Event, decision: str, reason: str) -> None:
    outcome = decide(event, routes, DROID, authorized=every)
    assert (outcome.decision, outcome.reason) == (decision, reason)
    assert [verdict.route for verdict in outcome.verdicts] == routes
    assert bool(outcome.matched) == (decision == "handled")


def test_a_project_nobody_authorized_is_refused_with_the_cure(routes: list[Route]) -> None:
    outcome = decide(DONE, routes, DROID, authorized={"DEMO"}.__contains__)
    assert outcome.decision == "refused"
    assert outcome.reason == (
        "Project OPS is not authorized on this connection; `jira-reactor projects authorize OPS`."
    )
    assert outcome.matched == ()


def test_without_handlers_the_reason_says_so() -> None:
    outcome = decide(DONE, [], None, authorized=every)
    assert (outcome.decision, outcome.reason) == ("unmatched", "No route matched; no handlers are loaded.")


def test_an_unlisted_event_is_known_once_a_route_asks_for_it() -> None:
    router = Router()

    @router.on("sprint_paused", unlisted=True, project="DEMO")
    def paused(ctx: object) -> None: ...

    event = Event("sprint_paused", actor=ADA, project="OPS")
    assert decide(event, router.routes, DROID, authorized=every).decision == "unmatched"


def test_what_is_turned_on_reacts_and_what_is_not_says_how_to_turn_it_on() -> None:
    router = Router()

    @router.on("jira:issue_updated", opt_in=True)
    def look(ctx: object) -> None: ...

    off = decide(DONE, router.routes, DROID, authorized=every)
    on = decide(DONE, router.routes, DROID, authorized=every, turned_on={"test_deciding.look"})
    assert (off.decision, on.decision) == ("unmatched", "handled")
    assert "`jira-reactor projects policy OPS --turn-on test_deciding.look`" in off.reason
