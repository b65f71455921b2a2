"""One installation of the product as it runs in earnest: a receiver, workers, and two Jiras connected to it."""

import os
import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self
from urllib.request import urlopen

from app import jira
from app.cli.serving import gunicorn_command
from app.connecting.connect import make_connection
from app.jira.auth import restore
from app.settings import PREFIX, load
from app.simulator import Running, start
from app.simulator.issues import Comment, History
from app.simulator.people import Person
from app.simulator.retries import Retries
from app.storage import deliveries, projects, runs, telling
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from app.webhooks.register import plan, register
from tests.environment import unmeasured
from tests.faults.processes import Process, eventually
from tests.postgres import free_port

REACTIONS = Path(__file__).parent / "reactions"
#: The reactions of this folder listen to one of these each.
PROJECTS = ("FLOOD", "SLOW", "POISON")
#: Jira waits 5 to 15 minutes and tries 5 times. Here its minutes are shortened and our restarts are not, so that a
#: restart outlasts several tries; more of them, and a webhook that is never given up, make up for it.
RETRIES = Retries(scale=1 / 900, times=40, patience=float("inf"))

#: How a comment begins that tells how a run stands.
STANDING = re.compile(r"\*(Seen|Working|Waiting for an answer|No sign of life|Going on|Done|Failed|Stopped)\*")

#: Most of a write's time lies behind its deed, so that many a kill comes between the write and the news of it.
LAG_SECONDS = 0.15
#: A thousand deliveries and 450 runs take a minute alone on two cores, and tests are not alone there.
SETTLE_SECONDS = 180.0


@dataclass(frozen=True)
class Site:
    """A simulated Jira with the people in it, connected and with its webhook registered."""

    jira: Running
    ada: Person
    bo: Person
    droid: Person
    connection: Connection

    @property
    def mention(self) -> str:
        """A mention of the droid, as a person's comment holds it."""
        cloud = self.jira.site.face.name == "cloud"
        return f"[~accountid:{self.droid.id}]" if cloud else f"[~{self.droid.username}]"

    def create_issue(self, project: str) -> str:
        return self.jira.site.create_issue(project, "Something to do", by=self.ada).key

    def ask(self, key: str) -> None:
        """Let Ada mention the droid in a comment."""
        self.jira.site.add_comment(key, f"{self.mention} please", by=self.ada)

    def comments(self, key: str) -> list[Comment]:
        """List what the droid commented, oldest first, without what merely told how a run stands."""
        return [comment for comment in self._own(key) if not self._stands(comment)]

    def statuses(self, key: str) -> list[str]:
        """List what the comments say that tell how a run stands."""
        return [self._text(comment) for comment in self._own(key) if self._stands(comment)]

    def _own(self, key: str) -> list[Comment]:
        return [comment for comment in self.jira.site.issues[key].comments if comment.author.id == self.droid.id]

    def _text(self, comment: Comment) -> str:
        return str(self.jira.site.face.wiki(comment.body))

    def _stands(self, comment: Comment) -> bool:
        return STANDING.match(self._text(comment)) is not None

    def texts(self, key: str) -> list[str]:
        """List what the droid commented, as people read it."""
        return [self._text(comment) for comment in self.comments(key)]

    def moves(self, key: str) -> list[History]:
        """List the transitions the droid made, oldest first."""
        histories = self.jira.site.issues[key].histories
        return [h for h in histories if h.author.id == self.droid.id and any(i.field == "status" for i in h.items)]


class Installation:
    """Everything is started with `receiver` and `worker`, and ended with the context."""

    def __init__(self, database_url: str, home: Path, **settings: str) -> None:
        self._stack = ExitStack()
        self._home = home
        self._address = f"127.0.0.1:{free_port()}"
        self._url = f"http://{self._address}"
        self._environ = {
            **{name: value for name, value in unmeasured(os.environ).items() if not name.startswith(PREFIX)},
            f"{PREFIX}HOME": str(home),
            f"{PREFIX}DATABASE_URL": database_url,
            f"{PREFIX}PUBLIC_URL": self._url,
            f"{PREFIX}HANDLERS": str(REACTIONS),
            # Bounds against loops would take a flood for one.
            f"{PREFIX}RUNS_PER_ISSUE": "100000",
            f"{PREFIX}HOPS": "100000",
            f"{PREFIX}LOG_FORMAT": "json",
            **{f"{PREFIX}{name.upper()}": value for name, value in settings.items()},
        }
        self.db = Database(database_url)
        self._vault = Vault("", home)

    def __enter__(self) -> Self:
        self._stack.callback(self.db.close)
        upgrade(self.db)
        self.cloud = self._connect("cloud")
        self.datacenter = self._connect("datacenter")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def sites(self) -> tuple[Site, Site]:
        return self.cloud, self.datacenter

    def receiver(self) -> Process:
        """Start the receiver and wait until it answers."""
        command = gunicorn_command(self._address, 2, "wsgi:app")
        return self._start("receiver", command, lambda _: self._answers())

    def worker(self, name: str = "worker", *, wait: bool = True) -> Process:
        """Start a worker and wait until it works."""
        command = [sys.executable, "-m", "app.cli", "worker"]
        return self._start(name, command, lambda worker: worker.said("worker works", now=True), wait=wait)

    def settle(self) -> None:
        """Wait until all that Jira sends has come, everything is decided, and every run has ended."""
        # Twice: what the last run wrote comes back as a delivery after the first look.
        quiet = eventually(lambda: self._quiet() and self._quiet(), seconds=SETTLE_SECONDS)
        assert quiet, f"not quiet: {self._unfinished()}"

    def deliveries(self) -> list[deliveries.Delivery]:
        """List the inbox in order of arrival."""
        return deliveries.latest(self.db, 100_000)[::-1]

    def runs(self) -> list[runs.Run]:
        """List the runs in order of arrival."""
        return runs.latest(self.db, 100_000)[::-1]

    def _quiet(self) -> bool:
        sent = all(site.jira.sender.wait_idle(0.0) for site in self.sites)
        told = telling.count(self.db) == 0
        return sent and told and not deliveries.undecided(self.db, 1) and not self._unfinished()

    def _unfinished(self) -> list[tuple[str, str, int]]:
        return [(run.id, run.state, run.attempts) for run in self.runs() if run.state not in runs.ENDED]

    def _start(self, name: str, command: list[str], ready: Any, *, wait: bool = True) -> Process:
        made = Process(name, command, environ=self._environ, folder=self._home, ready=ready)
        process = self._stack.enter_context(made)
        if wait:
            process.wait_until_ready()
        return process

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self._url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _connect(self, face: Literal["cloud", "datacenter"]) -> Site:
        running = self._stack.enter_context(start(face))
        running.sender.retries = RETRIES
        running.trouble.lag = LAG_SECONDS
        site = running.site
        ada, bo, droid = (site.add_user(name, email=f"{name}@example.com") for name in ("Ada", "Bo", "Droid"))
        admin = site.add_user("Admin", email="admin@example.com", admin=True)
        for key in PROJECTS:
            site.add_project(key, key.title())
        auth, credentials = _credentials(face, droid)
        connection = make_connection(
            self.db,
            self._vault,
            jira.connect(face, running.url, restore(auth, credentials)),
            name=face,
            deployment=face,
            base_url=running.url,
            auth=auth,
            credentials=credentials,
        )
        for key in PROJECTS:
            projects.authorize(self.db, connection.id, key)
        registration = plan(self.db, connection, load(self._environ).public_url)
        theirs = jira.connect(face, running.url, restore(*_credentials(face, admin)))
        register(self.db, self._vault, connection, registration, theirs)
        return Site(running, ada, bo, droid, connection)


def _credentials(face: str, person: Person) -> tuple[str, dict[str, str]]:
    if face == "cloud":
        return "api_token", {"email": person.email, "token": person.token}
    return "personal_access_token", {"token": person.token}
