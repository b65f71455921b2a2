"""The demo's stage: a simulated Jira, a receiver, a worker, and what people do there."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.request import urlopen

from app import jira, open_jira
from app.cli.demo.view import View
from app.cli.wiring import Installation
from app.connecting.connect import make_connection
from app.jira.auth import ApiToken
from app.settings import CHECKOUT, PREFIX, load
from app.simulator import start
from app.storage import connections, deliveries, projects, runs, telling, workers
from app.storage.database import Database
from app.webhooks.register import plan, register

_PATIENCE_SECONDS = 30.0
#: The droid of the second act, and how it is driven.
REHEARSED = "rehearsed"
_RECIPE = """\
command = [{python}, {program}]
resume = ["{{session}}"]
output = "jsonl"

[read]
text = "[?text] | [-1].text"
session = "[?session] | [-1].session"
question = "[?question] | [-1].question"
step = "step"
"""


class Stage:
    """Everything the demo needs, ended and removed with the context."""

    def __enter__(self) -> Self:
        self.home = Path(tempfile.mkdtemp(prefix="jira-reactor-demo-"))
        self._simulator = start("cloud")
        self._process: subprocess.Popen[bytes] | None = None
        site = self._simulator.site
        self.ada = site.add_user("Ada", email="ada@example.com")
        self.droid = site.add_user("Factory Droid", email="droid@example.com")
        self.admin = site.add_user("Admin", email="admin@example.com", admin=True)
        site.add_project("DEMO", "Demonstration")
        self.jira_url = self._simulator.url
        self.reactor_url = f"http://127.0.0.1:{_free_port()}"
        self.environ = {
            # Settings of a real installation on this machine are none of the demo's.
            **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
            **{name: os.environ[name] for name in (f"{PREFIX}SIMULATOR_JOURNAL",) if name in os.environ},
            f"{PREFIX}HOME": str(self.home),
            f"{PREFIX}PUBLIC_URL": self.reactor_url,
            f"{PREFIX}BIND": self.reactor_url.removeprefix("http://"),
            f"{PREFIX}LOG_LEVEL": "ERROR",
            f"{PREFIX}DROIDS": REHEARSED,
            f"{PREFIX}DROID_RECIPES": str(self._recipes()),
            f"{PREFIX}ACKNOWLEDGE_AFTER": "1",
        }
        self._ours = Installation(load(self.environ))
        ada = jira.connect("cloud", self.jira_url, ApiToken(self.ada.email, self.ada.token))
        self.view = View(ada, self.droid, {person.id: person.name for person in (self.ada, self.droid)})
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_reactor()
        self.db.close()
        self._simulator.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _recipes(self) -> Path:
        folder = self.home / "recipes"
        folder.mkdir()
        program = Path(__file__).with_name("rehearsed.py")
        recipe = _RECIPE.format(python=json.dumps(sys.executable), program=json.dumps(str(program)))
        (folder / f"{REHEARSED}.toml").write_text(recipe)
        return folder

    def start_reactor(self) -> None:
        """Start what `jira-reactor serve` starts, and wait until it answers and its worker lives."""
        command = [sys.executable, "-m", "app.cli", "serve"]
        with (self.home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=CHECKOUT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        if not _eventually(lambda: self._answers() and bool(workers.alive(self.db, 60_000))):
            raise RuntimeError(f"The receiver did not start:\n{(self.home / 'log').read_text()}")

    def stop_reactor(self) -> None:
        """Stop all that `start_reactor` started."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()
            self._process = None

    def connect(self) -> dict[str, str]:
        """Connect the way `jira-reactor connect` does, as the droid's account."""
        credentials = {"email": self.droid.email, "token": self.droid.token}
        client = jira.connect("cloud", self.jira_url, ApiToken(**credentials))
        made = make_connection(
            self.db,
            self._ours.vault,
            client,
            name="demo",
            deployment="cloud",
            base_url=self.jira_url,
            auth="api_token",
            credentials=credentials,
        )
        return {"id": made.id, "site": made.site, "account": made.account.name}

    def authorize(self) -> None:
        """Authorize the project DEMO."""
        site = connections.named(self.db)
        open_jira(site, self._ours.vault, self.db, self._ours.settings).project("DEMO")
        projects.authorize(self.db, site.id, "DEMO")

    def register(self) -> dict[str, str]:
        """Register the webhook with the administrator's token."""
        db, vault = self.db, self._ours.vault
        site = connections.named(db)
        planned = plan(db, site, self._ours.settings.public_url)
        admin = jira.connect("cloud", self.jira_url, ApiToken(self.admin.email, self.admin.token))
        return {"id": register(db, vault, site, planned, admin), "url": planned.url, "jql": planned.jql}

    def create_issue(self, summary: str) -> str:
        """Let Ada create an issue and return its key."""
        return self._simulator.site.create_issue("DEMO", summary, by=self.ada).key

    def move(self, key: str, status: str) -> None:
        """Let Ada move an issue."""
        self._simulator.site.move(key, status, by=self.ada)

    def comment(self, key: str, text: str) -> None:
        """Let Ada comment."""
        self._simulator.site.add_comment(key, text, by=self.ada)

    def mention_droid(self, key: str, text: str) -> None:
        """Let Ada say something to the droid."""
        self.comment(key, f"[~accountid:{self.droid.id}] {text}")

    def label(self, key: str, *labels: str) -> None:
        """Let Ada set an issue's labels."""
        self._simulator.site.set_labels(key, *labels, by=self.ada)

    def assign_to_droid(self, key: str) -> None:
        """Let Ada assign an issue to the droid."""
        self._simulator.site.assign(key, self.droid, by=self.ada)

    @property
    def db(self) -> Database:
        """The installation's database."""
        return self._ours.db

    def wait_for_comments(self, key: str, count: int) -> bool:
        """Wait until the droid has given so many answers; tell whether it did in time."""
        return _eventually(lambda: len(self.view.answers(key)) >= count)

    def wait_for_saying(self, key: str, words: str) -> bool:
        """Wait until the droid has said some words; tell whether it did in time."""
        return _eventually(lambda: bool(self.view.says(key, words)))

    def wait_for_status(self, key: str, status: str) -> bool:
        """Wait until an issue is in a status; tell whether it was in time."""
        return _eventually(lambda: self.view.status(key) == status)

    def settle(self) -> None:
        """Wait until everything Jira sent is decided, every run has ended, and that is told."""
        db = self.db
        self.settle_pushes()
        _eventually(lambda: not deliveries.undecided(db, 1) and all(r.state in runs.ENDED for r in runs.latest(db, 50)))
        _eventually(lambda: telling.count(db) == 0)

    def settle_pushes(self) -> None:
        """Wait until Jira has pushed all it has to say."""
        self._simulator.sender.wait_idle(_PATIENCE_SECONDS)

    def deliveries(self) -> list[dict[str, Any]]:
        """List what arrived, in order, with its decision and how long that took."""
        kept = reversed(deliveries.latest(self.db, 100))
        return [
            {"event": d.event, "decision": d.decision, "milliseconds": (d.decided_at or d.received_at) - d.received_at}
            for d in kept
        ]

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.reactor_url}/healthz", timeout=1) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except OSError:
            return False


def _eventually(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
