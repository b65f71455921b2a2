"""Router, match and describe."""

import functools
import pickle
from typing import Any

import pytest

from app.routing import RouteError, Router, describe, match, turnable
from tests.routing.examples import DROID, TO_PROGRESS, commented, told_as_update, updated


def test_every_route_is_asked_in_the_order_of_the_file() -> None:
    router = Router()

    @router.on("jira:issue_updated", project="DEMO")
    def other(ctx: object) -> None: ...

    @router.on("comment_created")
    def chat(ctx: object) -> None: ...

    @router.on("jira:issue_updated", project="OPS", field="status", to="In Progress")
    def first_look(ctx: object) -> None:
        """Look."""

    verdicts = match(router.routes, updated(TO_PROGRESS), DROID)
    assert [(v.route.id, v.failed, v.event, v.held) for v in verdicts] == [
        ("test_router.other", "needs project DEMO, not OPS", "jira:issue_updated", 0),
        ("test_router.chat", "listens to comment_created", "", 0),
        ("test_router.first_look", "", "jira:issue_updated", 2),
    ]
    assert [v.matched for v in verdicts] == [False, False, True]
    assert verdicts[2].route.doc == "Look."


def test_a_comment_told_as_an_update_matches_routes_on_comments_under_that_name() -> None:
    router = Router()

    @router.on("comment_created", mention=True)
    def answer(ctx: object) -> None: ...

    @router.on("jira:issue_updated")
    def updates(ctx: object) -> None: ...

    @router.on("jira:issue_updated", "comment_created")
    def both(ctx: object) -> None: ...

    twice = told_as_update("hi", DROID.id), commented("hi", DROID.id)
    told = [[verdict.event for verdict in match(router.routes, event, DROID)] for event in twice]
    assert told == [
        ["comment_created", "jira:issue_updated", "comment_created"],
        ["comment_created", "", "comment_created"],
    ]


def test_the_decorated_function_stays_as_it_is() -> None:
    def look(ctx: int) -> int:
        return ctx + 1

    assert Router().on("jira:issue_updated")(look) is look


def test_a_route_reads_as_a_sentence() -> None:
    router = Router()

    @router.on("comment_created", "comment_updated", project="OPS", mention=True)
    def answer(ctx: object) -> None: ...

    @router.on("jira:issue_deleted")
    def gone(ctx: object) -> None: ...

    assert [describe(route) for route in router.routes] == [
        "on comment_created or comment_updated, if the project is OPS and the comment mentions the droid",
        "on jira:issue_deleted",
    ]


def test_a_route_knows_its_place_behind_other_decorators() -> None:
    def traced(function: Any) -> Any:
        @functools.wraps(function)
        def inner(ctx: object) -> None: ...

        return inner

    router = Router()

    @router.on("comment_created")
    @traced
    def answer(ctx: object) -> None: ...

    file, line = router.routes[0].place
    assert (file, line > 1) == (__file__, True)
    assert router.routes[0].id == "test_router.answer"


def test_an_event_of_no_list_is_admitted_on_request() -> None:
    router = Router()
    router.on("sprint_paused", "sprint_paused", unlisted=True)(_one)
    assert router.routes[0].events == ("sprint_paused",)


WRONG_EVENTS = [
    pytest.param(
        ("jira:issue_udpated",), "Jira has no event jira:issue_udpated. Did you mean jira:issue_updated?", id="typo"
    ),
    pytest.param(
        ("qqqqqq",), "Jira has no event qqqqqq. Write unlisted=True beside it if Jira really sends it.", id="far"
    ),
    pytest.param((), 'A route listens to no event. Name one: @router.on("comment_created").', id="none"),
    pytest.param((lambda ctx: None,), "A route listens to no event.", id="without parentheses"),
    pytest.param((7,), "7 is not the name of an event.", id="number"),
]


@pytest.mark.parametrize(("events", "words"), WRONG_EVENTS)
def test_an_event_that_can_never_come_fails_at_load(events: tuple[Any, ...], words: str) -> None:
    with pytest.raises(RouteError) as caught:
        Router().on(*events)
    assert words in str(caught.value)


async def _later(ctx: object) -> None: ...
def _one(ctx: object) -> None: ...
def _none() -> None: ...
def _two(ctx: object, more: object = None) -> None: ...
def _named(*, ctx: object) -> None: ...


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        pytest.param(_none, "_none does not take exactly one argument. Write `def _none(ctx: Context)`.", id="none"),
        pytest.param(_two, "_two does not take exactly one argument.", id="two"),
        pytest.param(_named, "_named does not take exactly one argument.", id="keyword only"),
        pytest.param(_later, "is not a plain function. Decorate a `def`, not a class or an `async def`.", id="async"),
        pytest.param(Router, "is not a plain function.", id="class"),
    ],
)
def test_a_handler_takes_exactly_the_context(handler: Any, words: str) -> None:
    with pytest.raises(RouteError) as caught:
        Router().on("comment_created")(handler)
    assert words in str(caught.value)


def test_a_route_defined_twice_is_an_error() -> None:
    router = Router()
    router.on("comment_created")(_one)
    with pytest.raises(RouteError, match=r"The route test_router\._one is defined twice\. Rename one of them"):
        router.on("comment_updated")(_one)


def test_a_route_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(RouteError("what", "cure")))
    assert (error.message, error.cure, str(error)) == ("what", "cure", "what cure")


def jobs() -> Router:
    router = Router()

    @router.on("jira:issue_updated", job="work")
    def first(ctx: object) -> None: ...

    @router.on("jira:issue_updated", job="work", field="status")
    def second(ctx: object) -> None: ...

    @router.on("jira:issue_updated", job="work", field="assignee")
    def third(ctx: object) -> None: ...

    @router.on("jira:issue_updated", job="count")
    def fourth(ctx: object) -> None: ...

    return router


def test_of_routes_with_one_job_only_the_one_loaded_last_reacts() -> None:
    first, second, third, fourth = match(jobs().routes, updated(TO_PROGRESS), DROID)
    assert first.failed == "leaves this to test_router.second, whose job is the same"
    assert (second.matched, fourth.matched) == (True, True)
    assert third.failed.startswith("needs a change of assignee")


def opting() -> Router:
    router = Router()

    @router.on("jira:issue_updated", opt_in=True, field="status")
    def look(ctx: object) -> None: ...

    @router.on("jira:issue_updated")
    def always(ctx: object) -> None: ...

    return router


def test_an_opt_in_route_reacts_only_where_it_is_turned_on() -> None:
    [on, _] = match(opting().routes, updated(TO_PROGRESS), DROID, {"test_router.look"})
    [off, always] = match(opting().routes, updated(TO_PROGRESS), DROID, {"test_router.other"})
    [placeless, _] = match(opting().routes, updated(TO_PROGRESS, project=""), DROID)
    [otherwise, _] = match(opting().routes, updated(), DROID)
    assert (on.matched, always.matched) == (True, True)
    assert off.failed == "is not turned on for OPS; `jira-reactor projects policy OPS --turn-on test_router.look`"
    assert placeless.failed == "reacts only in projects where it is turned on, and this event names none"
    assert otherwise.failed.startswith("needs a change of status")
    assert describe(on.route) == "on jira:issue_updated, if status changed, only where turned on"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("test_router.lok", "There is no route test_router.lok. Did you mean test_router.look?", id="typo"),
        pytest.param("test_router.always", "it is not a route with opt_in=True.", id="reacts everywhere"),
    ],
)
def test_what_cannot_be_turned_on_is_refused_with_the_reason(name: str, words: str) -> None:
    with pytest.raises(RouteError) as caught:
        turnable(opting().routes, name)
    assert words in str(caught.value)
    assert turnable(opting().routes, "test_router.look").opt_in
