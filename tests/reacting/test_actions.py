"""A write to Jira happens once, whatever fails between us and Jira and however often the run is repeated."""

from collections.abc import Callable
from typing import Any

import pytest

from app.handler import Context, Router
from app.reacting.actions import Actions
from app.storage import actions
from app.storage.runs import Run
from tests.reacting.conftest import Inline, World


def everything_router() -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def work(ctx: Context) -> None:
        ctx.jira.transition("In Progress")
        ctx.jira.comment("hello")
        ctx.jira.label("seen")
        ctx.jira.assign(ctx.droid.user)
        ctx.jira.remote_link("https://example.com", "here")
        ctx.jira.set_property("seen", True)

    return router


def stands_once(world: World, key: str) -> None:
    """Check that all of the handler's writes stand in the issue, each once."""
    issue = world.site.issues[key]
    assert world.said(key) == ["hello"]
    changes = [item.field for history in issue.histories for item in history.items]
    assert changes == ["status", "labels", "assignee"]
    assert len(issue.links) == 1
    assert issue.properties == {"seen": True}


TROUBLE = [
    pytest.param({"status": 503, "executed": True}, id="done, but the answer is lost"),
    pytest.param({"status": 503}, id="not done"),
    pytest.param({"status": 429, "retry_after": 0}, id="too many calls"),
    pytest.param({"status": 409}, id="a conflict"),
]


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", "/transitions$", id="transition"),
        pytest.param("POST", "/comment$", id="comment"),
        pytest.param("PUT", "/issue/[^/]+$", id="edit"),
        pytest.param("POST", "/remotelink$", id="link"),
        pytest.param("PUT", "/properties/", id="property"),
        pytest.param("GET", "", id="any read"),
    ],
)
def test_a_moments_trouble_is_ridden_out_and_nothing_is_doubled(
    cloud: World, trouble: dict[str, Any], method: str, path: str
) -> None:
    key = cloud.issue()
    cloud.running.trouble.answer(times=2, method=method, path=path, **trouble)
    [run] = cloud.react(everything_router())
    assert (run.state, run.reason) == ("complete", "")
    stands_once(cloud, key)


def test_data_center_is_looked_through_for_what_was_done_although_the_answer_was_lost(datacenter: World) -> None:
    key = datacenter.issue()
    for method in ("POST", "PUT"):
        datacenter.running.trouble.answer(503, times=3, method=method, executed=True)
    [run] = datacenter.react(everything_router())
    assert (run.state, run.reason) == ("complete", "")
    stands_once(datacenter, key)


def test_a_jira_that_is_down_for_a_moment_is_waited_for(here: World) -> None:
    from threading import Event, Thread

    key = here.issue()
    here.settle()
    down, up = Event(), Event()

    def restart() -> None:
        with here.running.refusing():
            down.set()
            up.wait(5)

    thread = Thread(target=restart)
    thread.start()
    assert down.wait(5)
    here.patience = type(here.patience)(first=0.01, longest=0.05, total=10)
    opened = Thread(target=lambda: (up.wait(0.3), up.set()))
    opened.start()
    [run] = here.react(everything_router())
    thread.join()
    opened.join()
    assert (run.state, run.reason) == ("complete", "")
    stands_once(here, key)


def test_patience_ends_and_what_stayed_wrong_is_the_reason(cloud: World) -> None:
    key = cloud.issue()
    cloud.running.trouble.answer(503, times=100_000, method="POST", path="/transitions$")
    [run] = cloud.react(everything_router())
    assert run.state == "failed"
    assert "Jira answered 503" in run.reason
    assert len(cloud.said(key)) == 1
    assert "Jira answered 503" in cloud.said(key)[0]


def test_a_run_repeated_from_its_beginning_finds_all_it_wrote(here: World) -> None:
    """Between a write and the note of it a crash may strike: then every step is done again."""
    key = here.issue()
    routes = everything_router().routes
    here.dispatcher(routes).turn()
    [run] = here.runs()
    context = here.reactor(routes)._context
    for _ in range(3):
        routes[0].handler(context(run, None))  # type: ignore[arg-type]
    stands_once(here, key)
    assert {action["tries"] for action in actions.of_run(here.db, run.id)} == {3}


@pytest.fixture
def acting(stored: World) -> Callable[..., Actions]:
    """The actions of one run, made anew as a repeated run makes them."""
    run = Run(
        "r1", 1, stored.connection.id, "10", "OPS-1", "OPS", "m.f", None, 0, "active", 1, 0, None, None, None, "", ""
    )
    return lambda: Actions(stored.db, Inline(), run, stored.patience)  # type: ignore[arg-type]


def test_each_write_of_a_run_has_a_marker_of_its_own_and_keeps_it(acting: Callable[..., Actions]) -> None:
    markers = [[actor.perform("comment", lambda m: m) for _ in range(3)] for actor in (acting(), acting())]
    assert markers[0] == markers[1]
    assert len(set(markers[0])) == 3
    assert all(len(marker) <= 120 for marker in markers[0])


def test_only_an_earlier_try_is_looked_for(acting: Callable[..., Actions]) -> None:
    looked: list[str] = []

    def find(marker: str) -> str | None:
        looked.append(marker)
        return "what stood there"

    assert acting().perform("comment", lambda m: "written", find) == "written"
    assert looked == []
    assert acting().perform("comment", lambda m: "written twice", find) == "what stood there"
    assert len(looked) == 1


def test_what_a_write_came_to_is_kept_with_its_run(acting: Callable[..., Actions], stored: World) -> None:
    acting().perform("comment", lambda m: "4711")
    [kept] = actions.of_run(stored.db, "r1")
    assert (kept["kind"], kept["tries"], kept["result"]) == ("comment", 1, '"4711"')
    assert kept["ended_at"] >= kept["began_at"]
    assert actions.wrote_comment(stored.db, stored.connection.id, "4711")
    assert actions.last_write(stored.db, stored.connection.id, "10") == kept["ended_at"]


def test_what_fails_for_good_is_not_tried_again(acting: Callable[..., Actions], stored: World) -> None:
    def fail(marker: str) -> str:
        raise ValueError(marker)

    with pytest.raises(ValueError):
        acting().perform("comment", fail)
    [kept] = actions.of_run(stored.db, "r1")
    assert (kept["tries"], kept["ended_at"]) == (1, None)
