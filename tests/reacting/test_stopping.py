"""A run that somebody stops writes nothing any more, ends its droid, and says nothing about it in Jira."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from app.droids.base import Droid, Report, Turn
from app.droids.command import CommandDroid
from app.droids.echo import EchoDroid
from app.droids.recipe import Recipe
from app.engine import Patience
from app.events.event import User
from app.handler import Context, Router
from app.jira import Jira, connect
from app.jira.auth import restore
from app.reacting.actions import Stopped
from app.reacting.react import Reactor
from app.reacting.team import Team
from app.simulator import start
from app.storage import connections, deliveries, projects, runs
from app.storage.connections import Connection
from app.storage.database import Database, Unavailable
from app.storage.runs import NewRun, Run
from app.storage.upgrade import upgrade
from app.storage.vault import Vault

T = TypeVar("T")


class Inline:
    """Stands in for the engine where nothing has to survive a crash: a step is done at once."""

    def step(self, name: str, do: Callable[[], T]) -> T:
        return do()


@dataclass
class Desk:
    """A Jira with one issue, and one run about it that is about to begin."""

    db: Database
    vault: Vault
    site: Any
    connection: Connection
    key: str
    run: str
    droid: Droid = field(default_factory=EchoDroid)

    def stop(self) -> None:
        """Revoke the project, as `jira-reactor projects revoke` does."""
        assert runs.stop_project(self.db, self.connection.id, "OPS", "Project OPS was revoked.") == [self.run]

    def react(self, router: Router) -> Run:
        reactor = Reactor(
            self.db,
            Inline(),  # type: ignore[arg-type]
            router.routes,
            team=Team({"worker": self.droid}, timeout=60.0),
            open_jira=self.open,
            patience=Patience(first=0.001, longest=0.01, total=0.5),
        )
        reactor.react(self.run, self.run)
        ended = runs.get(self.db, self.run)
        assert ended
        return ended

    def open(self, connection: Connection) -> Jira:
        return connect("cloud", connection.base_url, restore("api_token", connection.unseal(self.vault)))

    def said(self) -> int:
        return len(self.site.issues[self.key].comments)


@pytest.fixture
def desk(vault: Vault, tmp_path: Path) -> Iterator[Desk]:
    db = Database(f"sqlite:///{tmp_path / 'reactor.sqlite3'}")
    upgrade(db)
    with start("cloud") as running:
        droid = running.site.add_user("Factory Droid", email="droid@example.com")
        running.site.add_project("OPS", "Operations")
        issue = running.site.create_issue("OPS", "Printer is on fire", by=droid)
        connection = connections.add(
            db,
            vault,
            name="ours",
            deployment="cloud",
            base_url=running.url,
            site=urlsplit(running.url).netloc,
            auth="api_token",
            credentials={"email": droid.email, "token": droid.token},
            account=User(droid.id, droid.name),
        )
        projects.authorize(db, connection.id, "OPS")
        told = {"webhookEvent": "jira:issue_created", "issue": {"id": str(issue.id), "key": issue.key, "fields": {}}}
        seq = deliveries.keep(
            db, connection_id=connection.id, key="k", headers="{}", body=json.dumps(told).encode(), event="e"
        )
        assert seq
        route = "test_stopping.work"
        run = NewRun(runs.run_id(seq, 0, route), seq, connection.id, str(issue.id), issue.key, "OPS", route, None, 0)
        deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[run])])
        yield Desk(db, vault, running.site, connection, issue.key, run.id)
    db.close()


def working(do: Callable[[Context], object]) -> Router:
    router = Router()

    @router.on("jira:issue_created")
    def work(ctx: Context) -> None:
        do(ctx)

    return router


def test_a_run_stopped_before_its_turn_never_begins(desk: Desk) -> None:
    begun: list[Context] = []
    desk.stop()
    ended = desk.react(working(begun.append))
    assert (ended.state, ended.reason, begun) == ("stopped", "Project OPS was revoked.", [])
    assert desk.said() == 0


def test_a_stopped_run_writes_nothing_any_more_and_makes_no_apology(desk: Desk) -> None:
    def work(ctx: Context) -> None:
        ctx.jira.comment("before")
        desk.stop()
        ctx.jira.comment("after")

    ended = desk.react(working(work))
    assert (ended.state, ended.reason, ended.traceback) == ("stopped", "Project OPS was revoked.", "")
    assert desk.said() == 1


def test_a_handler_that_swallows_the_stop_still_writes_nothing_and_stays_stopped(desk: Desk) -> None:
    def work(ctx: Context) -> None:
        desk.stop()
        with pytest.raises(Stopped):
            ctx.jira.label("seen")

    assert desk.react(working(work)).state == "stopped"
    assert desk.site.issues[desk.key].labels == ()


def test_a_handler_that_fails_after_the_stop_is_not_apologised_for(desk: Desk) -> None:
    def work(ctx: Context) -> None:
        desk.stop()
        raise KeyError("gone")

    ended = desk.react(working(work))
    assert (ended.state, ended.reason) == ("stopped", "Project OPS was revoked.")
    assert desk.said() == 0


def test_stopping_a_run_ends_the_droids_program(desk: Desk, tmp_path: Path) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    desk.droid = CommandDroid(
        Recipe(("sh", "-c", f"trap 'touch {ended}; exit 0' TERM; touch {begun}; while :; do sleep 0.05; done")),
        env_names=("PATH",),
        cwd=None,
    )

    def stop_soon() -> None:
        while not begun.exists():
            time.sleep(0.02)
        desk.stop()

    threading.Thread(target=stop_soon).start()
    finished = desk.react(working(lambda ctx: ctx.jira.comment(ctx.droid.run("Work.", about=ctx.issue).text)))
    assert (finished.state, ended.exists(), desk.said()) == ("stopped", True, 0)


class Asking:
    """A droid that asks whether to stop while the database is away, and says what it heard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.heard: list[bool] = []

    def run(self, prompt: str, *, turn: Turn, **_: Any) -> Report:
        def away(db: Database, run_id: str) -> Run | None:
            raise Unavailable("The database does not answer.")

        with self.monkeypatch.context() as patched:
            patched.setattr(runs, "get", away)
            self.heard.append(turn.stop())
        return Report("done")


def test_a_database_away_for_a_moment_does_not_end_a_droids_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    droid = desk.droid = Asking(monkeypatch)

    def work(ctx: Context) -> None:
        ctx.droid.run("Work.", about=ctx.issue)

    assert desk.react(working(work)).state == "complete"
    assert droid.heard == [False]
