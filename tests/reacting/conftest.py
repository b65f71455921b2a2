"""A simulated Jira that pushes to a real receiver, and everything behind it up to the handlers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from werkzeug.serving import make_server

from app import create_app
from app.connecting.connect import make_connection
from app.droids.base import Autonomy, Droid
from app.droids.echo import EchoDroid
from app.engine import Engine, Patience
from app.jira import Jira, RetryPolicy, connect
from app.jira.auth import restore
from app.reacting.dispatch import Dispatcher
from app.reacting.guards import Bounds
from app.reacting.manners import Manners
from app.reacting.minding import Minder
from app.reacting.react import Reactor
from app.reacting.team import Team
from app.reacting.worker import Worker, executor_name
from app.routing.router import Route, Router
from app.settings import load
from app.simulator import GATED, Running, start
from app.simulator.people import Person
from app.simulator.server import Quiet
from app.storage import deliveries, projects, runs
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.deliveries import Delivery
from app.storage.runs import Run
from app.storage.vault import Vault
from app.webhooks.register import plan, register
from tests.reacting.waiting import eventually

T = TypeVar("T")
BOUNDS = Bounds(runs_per_issue=60, hops=5)


@dataclass
class Inline:
    """Stands in for the engine where nothing has to survive a crash: a step is done at once."""

    executor: str = "inline"
    #: What waits to be worked on: run, key of its turn, partition, lane.
    started: list[tuple[str, str, str, str]] = field(default_factory=list)
    #: What the steps of each turn came to, as far as the next turn is to remember it.
    remembered: dict[str, list[Any]] = field(default_factory=dict)
    _turn: str = ""
    _position: int = 0

    def start(self, key: str, *, partition: str, lane: str = "runs") -> None:
        self.started.append((key, key, partition, lane))

    def go_on(self, run: str, *, key: str, after: str, partition: str, lane: str = "runs") -> None:
        self.remembered[key] = self.remembered.get(after, [])[:-1]
        self.started.append((run, key, partition, lane))

    def begin(self, turn: str) -> None:
        self._turn, self._position = turn, 0

    def step(self, name: str, do: Callable[[], T]) -> T:
        steps = self.remembered.setdefault(self._turn, [])
        self._position += 1
        if self._position > len(steps):
            steps.append(do())
        said: T = steps[self._position - 1]
        return said


@dataclass
class World:
    """A Jira with people and projects, connected; OPS and GATE are authorized, SECRET is not."""

    running: Running
    db: Database
    vault: Vault
    home: Path
    ada: Person
    droid: Person
    admin: Person
    connection: Connection
    engine: Inline = field(default_factory=Inline)
    patience: Patience = field(default_factory=lambda: Patience(first=0.001, longest=0.01, total=0.5))
    #: What works where a test names no other.
    worker_droid: Droid = field(default_factory=EchoDroid)
    #: Patient, so that on a slow machine no status comment comes before what a test is about.
    manners: Manners = Manners(acknowledge_after=60.0)
    autonomy: Autonomy = "high"

    @property
    def site(self) -> Any:
        return self.running.site

    @property
    def cloud(self) -> bool:
        return bool(self.site.face.name == "cloud")

    def issue(self, project: str = "OPS", **fields: Any) -> str:
        """Let Ada create an issue, and Jira push that before anything else happens."""
        key: str = self.site.create_issue(project, "Printer is on fire", by=self.ada, **fields).key
        self.settle()
        return key

    def mention(self) -> str:
        """Write a mention of the droid as a person types it."""
        return str(self.site.face.mention(self.droid))

    def said(self, key: str) -> list[str]:
        """Read what the droid's account commented, as Markdown."""
        return [self.text(c) for c in self.site.issues[key].comments if c.author.id == self.droid.id]

    def text(self, comment: Any) -> str:
        from app.markup import to_markdown

        return to_markdown(comment.body).strip()

    @property
    def team(self) -> Team:
        return Team({"worker": self.worker_droid, "echo": EchoDroid()}, timeout=20.0, autonomy=self.autonomy)

    def minder(self) -> Minder:
        return Minder(self.db, self.engine, self.team, self.open_jira, self.manners)  # type: ignore[arg-type]

    def open_jira(self, connection: Connection) -> Jira:
        """Open the connection's client, which here waits for nothing between its own tries."""
        auth = restore(connection.auth, connection.unseal(self.vault))
        retries = RetryPolicy(most=1, sleep=lambda seconds: None)
        return connect(connection.deployment, connection.base_url, auth, retries=retries)

    def settle(self) -> None:
        """Wait until Jira has pushed all it has to say."""
        assert self.running.sender.wait_idle()

    def bodies(self) -> list[dict[str, Any]]:
        """List what Jira pushed, oldest first."""
        self.settle()
        return [json.loads(delivery.body) for delivery in self.running.sender.deliveries]

    def dispatcher(self, routes: list[Route], bounds: Bounds = BOUNDS) -> Dispatcher:
        return Dispatcher(self.db, self.engine, routes, bounds, self.manners)  # type: ignore[arg-type]

    def reactor(self, routes: list[Route], engine: Any = None) -> Reactor:
        return Reactor(
            self.db,
            engine or self.engine,
            routes,
            team=self.team,
            open_jira=self.open_jira,
            patience=self.patience,
            manners=self.manners,
        )

    def decide(self, *routers: Router, bounds: Bounds = BOUNDS) -> list[tuple[str, str]]:
        """Decide all that waits and return the newest decisions with their reasons, oldest first."""
        self.settle()
        waiting = [delivery.seq for delivery in deliveries.undecided(self.db, 1000)]
        self.dispatcher(routes_of(*routers), bounds).turn()
        return [(d.decision or "", d.reason or "") for d in map(self.delivery, waiting)]

    def react(self, *routers: Router, bounds: Bounds = BOUNDS) -> list[Run]:
        """Decide and react until nothing is left to do, and return all runs, oldest first."""
        routes = routes_of(*routers)
        dispatcher, reactor = self.dispatcher(routes, bounds), self.reactor(routes)
        self.settle()
        while dispatcher.turn():
            while self.engine.started:
                run, turn, *_ = self.engine.started.pop(0)
                self.engine.begin(turn)
                reactor.react(run, turn)
            self.settle()
        return self.runs()

    def runs(self) -> list[Run]:
        return runs.latest(self.db, 1000)[::-1]

    def delivery(self, seq: int) -> Delivery:
        found = deliveries.get(self.db, seq)
        assert found
        return found

    def decisions(self, event: str = "") -> list[str | None]:
        """List the decisions of deliveries, of one event or of all, oldest first."""
        kept = deliveries.latest(self.db, 1000)[::-1]
        return [delivery.decision for delivery in kept if event in ("", delivery.event)]

    @contextmanager
    def working(self, *routers: Router) -> Iterator[Worker]:
        """Run a worker with the real engine meanwhile."""
        routes = routes_of(*routers)
        engine = Engine(self.db.url, executor=executor_name(), concurrency=8)
        dispatcher = Dispatcher(self.db, engine, routes, BOUNDS, self.manners)
        minder = Minder(self.db, engine, self.team, self.open_jira, self.manners)
        worker = Worker(self.db, engine, dispatcher, self.reactor(routes, engine).react, minder=minder)
        # Without grace, because the engine would wait a whole second before it looks whether runs have ended.
        thread = threading.Thread(target=worker.run, args=(0,))
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join()

    def done(self) -> None:
        """Wait until everything is decided and every run has ended."""
        self.settle()
        eventually(lambda: not deliveries.undecided(self.db, 1) and all(r.state in runs.ENDED for r in self.runs()))
        self.settle()
        eventually(lambda: not deliveries.undecided(self.db, 1))


def routes_of(*routers: Router) -> list[Route]:
    return [route for router in routers for route in router.routes]


@contextmanager
def make_world(face: Literal["cloud", "datacenter"], db: Database, vault: Vault, home: Path) -> Iterator[World]:
    with start(face, journal=None) as running:
        site = running.site
        ada = site.add_user("Ada", email="ada@example.com")
        droid = site.add_user("Factory Droid", email="droid@example.com")
        admin = site.add_user("Admin", email="admin@example.com", admin=True)
        for key, more in (("OPS", {}), ("GATE", {"workflow": GATED}), ("SECRET", {})):
            site.add_project(key, f"Project {key}", **more)
        app = create_app(load({"JIRA_REACTOR_HOME": str(home), "JIRA_REACTOR_DATABASE_URL": db.url}))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            connection = connect_world(db, vault, running, droid)
            for key in ("OPS", "GATE"):
                projects.authorize(db, connection.id, key)
            register_world(db, vault, running, connection, admin, f"http://127.0.0.1:{server.server_port}")
            yield World(running, db, vault, home, ada, droid, admin, connection)
            running.sender.wait_idle()
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            app.extensions["database"].close()


def client(running: Running, person: Person) -> Jira:
    cloud = running.site.face.name == "cloud"
    credentials = {"email": person.email, "token": person.token} if cloud else {"token": person.token}
    auth = restore("api_token" if cloud else "personal_access_token", credentials)
    return connect(running.site.face.name, running.url, auth)


def connect_world(db: Database, vault: Vault, running: Running, droid: Person) -> Connection:
    cloud = running.site.face.name == "cloud"
    return make_connection(
        db,
        vault,
        client(running, droid),
        name="test",
        deployment=running.site.face.name,
        base_url=running.url,
        auth="api_token" if cloud else "personal_access_token",
        credentials={"email": droid.email, "token": droid.token} if cloud else {"token": droid.token},
    )


def register_world(
    db: Database, vault: Vault, running: Running, connection: Connection, admin: Person, receiver: str
) -> None:
    planned = plan(db, connection, receiver)
    register(db, vault, connection, planned, client(running, admin))
    # Everything is pushed, so that the tests see what is decided about it and not what Jira's filter holds back.
    [webhook] = running.webhooks.of_admins()
    webhook.filter = ""
    webhook.events = (*webhook.events, "issue_property_set", "issue_property_deleted")


@pytest.fixture
def cloud(plain: Database, vault: Vault, tmp_path: Path) -> Iterator[World]:
    with make_world("cloud", plain, vault, tmp_path) as world:
        yield world


@pytest.fixture
def datacenter(plain: Database, vault: Vault, tmp_path: Path) -> Iterator[World]:
    with make_world("datacenter", plain, vault, tmp_path) as world:
        yield world


@pytest.fixture(params=["cloud", "datacenter"])
def here(request: pytest.FixtureRequest, plain: Database, vault: Vault, tmp_path: Path) -> Iterator[World]:
    """One of the two deployments; every test that asks for it runs on both."""
    with make_world(request.param, plain, vault, tmp_path) as world:
        yield world


@pytest.fixture
def stored(db: Database, vault: Vault, tmp_path: Path) -> Iterator[World]:
    """A Cloud site before either kind of database; every test that asks for it runs on both."""
    with make_world("cloud", db, vault, tmp_path) as world:
        yield world
