"""A place whose Jira pushes to a real receiver, with what decides about it behind."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from werkzeug.serving import make_server

from app import create_app
from app.handler import Context, Router
from app.reacting.dispatch import Dispatcher
from app.reacting.guards import Bounds
from app.settings import load
from app.simulator.server import Quiet
from app.storage import deliveries, runs
from app.storage.database import Database
from app.storage.deliveries import Delivery
from app.storage.vault import Vault
from app.webhooks.sweep import Swept, sweep
from tests.webhooks.places import Place, open_place

T = TypeVar("T")

#: Routes that react to everything a sweep can find.
router = Router()


@router.on("jira:issue_created")
def created(ctx: Context) -> None: ...


@router.on("jira:issue_updated", field="labels")
def labelled(ctx: Context) -> None: ...


@router.on("jira:issue_updated", field="status")
def moved(ctx: Context) -> None: ...


@router.on("comment_created")
def commented(ctx: Context) -> None: ...


@router.on("comment_updated")
def edited(ctx: Context) -> None: ...


@dataclass
class Inline:
    """Stands in for the engine: what shall run is only counted."""

    started: list[str] = field(default_factory=list)

    def start(self, key: str, *, partition: str, lane: str) -> None:
        self.started.append(key)


@dataclass
class Ear:
    """What hears a place's Jira; the webhook is registered."""

    place: Place

    def lose(self, lost: Callable[[str, str], bool] = lambda event, key: True) -> None:
        """From now on let events get lost."""
        self.place.running.trouble.loses = lost

    def sweep(self, *keys: str, back: int | None = None, settle: int = 0) -> list[Swept]:
        return sweep(self.place.db, self.place.connection, self.place.own, keys, back=back, settle=settle)

    def made(self, *keys: str, back: int | None = None) -> dict[str, int]:
        """Sweep and return how many deliveries were made per project."""
        self.settle()
        return {swept.project: swept.made for swept in self.sweep(*keys, back=back)}

    def settle(self) -> None:
        assert self.place.running.sender.wait_idle(60)

    def decide(self) -> None:
        """Decide everything that waits, without bounds, so that every single reaction counts."""
        engine, bounds = Inline(), Bounds(runs_per_issue=100_000, hops=100_000)
        dispatcher = Dispatcher(self.place.db, engine, router.routes, bounds)  # type: ignore[arg-type]
        while dispatcher.turn():
            continue

    def reactions(self) -> Counter[tuple[str, str]]:
        """Count runs by issue and route."""
        self.settle()
        self.decide()
        every = runs.latest(self.place.db, 100_000)
        return Counter((run.issue, run.route.removeprefix("listening.")) for run in every)

    def kept(self) -> list[Delivery]:
        """List what was kept, oldest first."""
        return deliveries.latest(self.place.db, 100_000)[::-1]


@contextmanager
def listening(kind: str, db: Database, vault: Vault, home: Path) -> Iterator[Ear]:
    app = create_app(load({"JIRA_REACTOR_HOME": str(home), "JIRA_REACTOR_DATABASE_URL": db.url}))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        with open_place(kind, db, vault, home, public=f"http://127.0.0.1:{server.server_port}") as place:
            assert place.kinds() == [("missing", True)]
            yield Ear(place)
            place.running.sender.wait_idle()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["database"].close()
