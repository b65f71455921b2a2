"""An installation of ours beside a simulated Jira, connected and with a receiver where one is wanted."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.jira import Jira, RetryPolicy, connect
from app.jira.auth import restore
from app.settings import Settings, load
from app.simulator import SIMPLIFIED, Running, start
from app.storage import connections, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault
from tests.tables import lay_out

SECRET = "what-both-sides-know-of-the-webhook"
EVENTS = ("jira:issue_created", "jira:issue_updated", "comment_created")


class Quiet(WSGIRequestHandler):
    def log(self, *args: Any) -> None:
        pass


@dataclass
class World:
    """A Jira with Ada, who administers it, and the droid; project OPS is authorized, WEB is not."""

    running: Running
    settings: Settings
    db: Database
    vault: Vault
    ada: Any
    droid: Any
    connection: Connection

    @property
    def site(self) -> Any:
        return self.running.site

    @property
    def cloud(self) -> bool:
        return self.connection.deployment == "cloud"

    @property
    def environ(self) -> dict[str, str]:
        """What a command needs to find the installation."""
        return {
            "JIRA_REACTOR_HOME": str(self.settings.home),
            "JIRA_REACTOR_PUBLIC_URL": self.settings.public_url,
            "JIRA_REACTOR_SIMULATOR_JOURNAL": "",
        }

    def open_jira(self, connection: Connection) -> Jira:
        """Open a connection's Jira without patience."""
        auth = restore(connection.auth, connection.unseal(self.vault))
        return connect(connection.deployment, connection.base_url, auth, retries=RetryPolicy(most=0))

    @property
    def jira(self) -> Jira:
        return self.open_jira(self.connection)

    def again(self) -> Connection:
        """Read the connection anew."""
        return connections.named(self.db, self.connection.id)

    def register(self, *events: str, secret: str = SECRET, jql: str = "") -> None:
        """Register a webhook in Jira and remember it."""
        url = f"{self.settings.public_url}/webhooks/jira/{self.connection.id}"
        hook = self.running.webhooks.add(
            name="jira-reactor", url=url, events=events or EVENTS, by=self.ada, filter=jql, secret=secret
        )
        webhooks.add(
            self.db,
            self.vault,
            connection_id=self.connection.id,
            kind="admin" if self.cloud else "datacenter",
            jira_id=str(hook.id),
            secret=SECRET,
            url=url,
            events=events or EVENTS,
            jql=jql,
        )


@contextmanager
def world(face: Any, home: Path, *, public_url: str = "", workflow: Any = SIMPLIFIED) -> Iterator[World]:
    settings = load({"JIRA_REACTOR_HOME": str(home), "JIRA_REACTOR_PUBLIC_URL": public_url})
    db, vault = lay_out(home / "reactor.sqlite3"), Vault("", settings.home)
    with start(face, retry_scale=0.00001) as running:
        ada = running.site.add_user("Ada", email="ada@example.com", admin=True)
        droid = running.site.add_user("Factory Droid", email="droid@example.com")
        running.site.add_project("OPS", "Operations", lead=ada, workflow=workflow)
        running.site.add_project("WEB", "Website", lead=ada)
        connection = connect_as(db, vault, running, droid)
        projects.authorize(db, connection.id, "OPS")
        yield World(running, settings, db, vault, ada, droid, connection)
    db.close()


def connect_as(db: Database, vault: Vault, running: Running, person: Any, name: str = "test") -> Connection:
    """Store a connection of a person, proved by nothing."""
    face = running.site.face.name
    kind, credentials = (
        ("api_token", {"email": person.email, "token": person.token})
        if face == "cloud"
        else ("personal_access_token", {"token": person.token})
    )
    client = connect(face, running.url, restore(kind, credentials), retries=RetryPolicy(most=0))
    return connections.add(
        db,
        vault,
        name=name,
        deployment=face,
        base_url=running.url,
        site=running.url.removeprefix("http://"),
        auth=kind,
        credentials=credentials,
        account=client.myself(),
    )


@contextmanager
def receiving(environ: Mapping[str, str]) -> Iterator[str]:
    """Serve a receiver on 127.0.0.1 and tell its address."""
    app = create_app(load(environ))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["database"].close()
