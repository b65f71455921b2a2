"""A run ends once, whatever its handler does, and a failure is said where people look and kept where admins look."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import logs
from app.droids.base import Report
from app.errors import ReactorError
from app.handler import Context, Router
from app.storage import deliveries, runs, tables
from app.storage.database import Unavailable
from tests.reacting.conftest import World
from tests.reacting.test_colleague import Scripted


def failing(error: BaseException) -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def fail(ctx: Context) -> None:
        raise error

    return router


def greeting(text: str = "hello") -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def greet(ctx: Context) -> None:
        ctx.jira.comment(text)

    return router


def test_a_failure_is_said_in_jira_once_with_its_cure_and_kept_with_its_traceback(here: World) -> None:
    key = here.issue()
    [run] = here.react(failing(ReactorError("The stove is cold.", "Light it.")))
    assert (run.state, run.reason) == ("failed", "The stove is cold. Light it.")
    assert "test_react.py" in run.traceback
    assert "raise error" in run.traceback
    [said] = here.said(key)
    assert "The stove is cold. Light it." in said
    assert f"jira-reactor runs {run.id}" in said
    assert f"jira-reactor replay {run.delivery}" in said


def test_an_unexpected_exceptions_words_never_reach_jira(here: World) -> None:
    """They may quote anything: a path, a row, a password."""
    key = here.issue()
    [run] = here.react(failing(KeyError("hunter2")))
    assert run.reason == "KeyError in the handler"
    assert "hunter2" in run.traceback
    [said] = here.said(key)
    assert "KeyError in the handler" in said
    assert "hunter2" not in said


def test_a_handler_that_tries_to_leave_has_failed(cloud: World) -> None:
    key = cloud.issue()
    [run] = cloud.react(failing(SystemExit(3)))
    assert (run.state, run.reason) == ("failed", "SystemExit in the handler")
    assert len(cloud.said(key)) == 1


def test_one_failing_route_does_not_silence_the_others(here: World) -> None:
    router = Router()

    @router.on("jira:issue_created")
    def last(ctx: Context) -> None:
        ctx.jira.comment("two")

    key = here.issue()
    runs = here.react(greeting("one"), failing(ValueError("x")), router)
    assert [run.state for run in runs] == ["complete", "failed", "complete"]
    one, apology, two = here.said(key)
    assert (one, two) == ("one", "two")
    assert "ValueError in the handler" in apology


def test_a_failure_that_cannot_be_said_is_kept_with_both_reasons(here: World) -> None:
    here.site.forbid(here.droid, "ADD_COMMENTS", project="OPS")
    key = here.issue()
    [run] = here.react(failing(ReactorError("The stove is cold.", "Light it.")))
    assert run.state == "failed"
    assert run.reason.startswith("The stove is cold. Light it. And this could not be said in Jira: Jira answered 4")
    assert "Add Comments" in run.reason
    assert here.said(key) == []


def test_a_run_whose_route_is_gone_says_so(cloud: World) -> None:
    key = cloud.issue()
    cloud.dispatcher(greeting().routes).turn()
    [run] = cloud.runs()
    cloud.reactor([]).react(run.id, run.id)
    ended = runs.get(cloud.db, run.id)
    assert ended
    assert ended.state == "failed"
    assert ended.reason.startswith("The route test_react.greet is gone from the handlers.")
    assert "is gone from the handlers" in cloud.said(key)[0]


def test_a_run_that_ends_its_worker_again_and_again_is_given_up(stored: World) -> None:
    key = stored.issue()
    routes = greeting().routes
    stored.dispatcher(routes).turn()
    [run] = stored.runs()
    for _ in range(10):
        runs.begin(stored.db, run.id, run.id)
    stored.reactor(routes).react(run.id, run.id)
    ended = runs.get(stored.db, run.id)
    assert ended
    assert ended.state == "failed"
    assert "The run was begun 10 times and its worker ended each time." in ended.reason
    [said] = stored.said(key)
    assert "begun 10 times" in said


def test_a_run_that_has_ended_is_not_begun_again(stored: World) -> None:
    key = stored.issue()
    [run] = stored.react(greeting())
    stored.reactor(greeting("again").routes).react(run.id, run.id)
    assert stored.said(key) == ["hello"]
    assert stored.runs()[0].attempts == 1


def test_a_run_nobody_knows_is_nothing_to_do(stored: World) -> None:
    stored.reactor([]).react("nobody", "nobody")
    assert stored.runs() == []


def test_a_run_whose_connection_was_removed_fails_without_a_word_to_jira(
    stored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.issue()
    stored.dispatcher(greeting().routes).turn()
    with stored.db.writing() as tx:
        tx.execute(sa.delete(tables.connections))
    asked: list[str] = []
    monkeypatch.setattr(stored.running.trouble, "before", lambda method, path: asked.append(path))
    [run] = stored.runs()
    stored.reactor(greeting().routes).react(run.id, run.id)
    [ended] = stored.runs()
    assert (ended.state, ended.reason) == ("failed", "The run's delivery or connection has been removed.")
    assert asked == []


def test_a_database_that_is_away_for_a_moment_costs_no_run(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes an error for the end of a run, so that none may escape while waiting can help."""
    key = cloud.issue()
    away = {"get": 2, "end": 2}

    def flaky(real: object, name: str) -> object:
        def call(*given: object, **named: object) -> object:
            if away[name]:
                away[name] -= 1
                raise Unavailable("The database cannot serve.", "Wait.")
            return real(*given, **named)  # type: ignore[operator]

        return call

    routes = greeting().routes
    cloud.dispatcher(routes).turn()
    monkeypatch.setattr(deliveries, "get", flaky(deliveries.get, "get"))
    monkeypatch.setattr(runs, "end", flaky(runs.end, "end"))
    cloud.reactor(routes).react(cloud.runs()[0].id, cloud.runs()[0].id)
    assert away == {"get": 0, "end": 0}
    assert [run.state for run in cloud.runs()] == ["complete"]
    assert cloud.said(key) == ["hello"]


def test_credentials_stay_where_they_belong(here: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither log nor comment nor store nor any call's address or body holds the token, even when all goes wrong."""
    logs.configure("DEBUG", "json")
    here.worker_droid = Scripted(Report("", "failed", reason="no"))
    router = Router()

    @router.on("jira:issue_created")
    def work(ctx: Context) -> None:
        ctx.log.info("working", context=repr(ctx), jira=repr(ctx.jira))
        ctx.jira.comment("hello")
        ctx.droid.run("Work.", about=ctx.issue)

    secrets = (here.droid.token, here.admin.token, here.ada.token)
    key = here.issue()
    here.react(router, failing(RuntimeError("oh")))
    here.site.people[here.droid.id] = here.droid.__class__(**(vars(here.droid) | {"token": "another"}))
    here.issue()
    here.react(router)
    written = capsys.readouterr()
    log = written.out + written.err
    assert "Jira answered 401" in log
    places = {"log": log.encode(), "comments": repr(here.site.issues[key].comments).encode()}
    places |= {file.name: file.read_bytes() for file in here.home.glob("reactor*")}
    places["tables"] = repr([_rows(here, table) for table in tables.metadata.tables.values()]).encode()
    places["exchanges"] = Path(os.environ["JIRA_REACTOR_SIMULATOR_JOURNAL"]).read_bytes()
    [webhook] = here.running.webhooks.of_admins()
    for place, content in places.items():
        for secret in (*secrets, webhook.secret):
            assert secret.encode() not in content, place


def _rows(world: World, table: sa.Table) -> list[object]:
    with world.db.reading() as tx:
        return [tuple(row) for row in tx.execute(sa.select(table))]
