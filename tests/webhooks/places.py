"""Jiras of every kind with their people, each connected to an installation of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.events.event import User
from app.jira import Jira, connect
from app.jira.auth import restore
from app.settings import Settings, load
from app.simulator import Running, start
from app.simulator.people import Person
from app.storage import connections, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.vault import Vault
from app.webhooks.reconcile import Finding, reconcile

PUBLIC = "https://reactor.example.com"
#: The face and version of each kind, and how we get in.
KINDS = {
    "dynamic": ("cloud", "", "oauth"),
    "admin": ("cloud", "", "api_token"),
    "dc9": ("datacenter", "9.12.0", "personal_access_token"),
    "dc10": ("datacenter", "10.3.0", "personal_access_token"),
}


@dataclass
class Place:
    """A Jira with a droid, an administrator and Ada; projects OPS, WEB and SECRET, of which OPS is authorized."""

    kind: str
    running: Running
    db: Database
    vault: Vault
    settings: Settings
    connection: Connection
    droid: Person
    admin: Person
    ada: Person
    own: Jira
    app: Any = None

    @property
    def site(self) -> Any:
        return self.running.site

    @property
    def registrar(self) -> Jira:
        """Who may register: the app itself, or an administrator."""
        return self.own if self.kind == "dynamic" else client(self.running, self.admin)

    @property
    def theirs(self) -> list[Any]:
        """What is registered on Jira's side, oldest first."""
        return self.running.webhooks.of_app(self.app) if self.app else self.running.webhooks.of_admins()

    @property
    def ours(self) -> list[webhooks.Webhook]:
        return webhooks.of_connection(self.db, self.connection.id)

    @property
    def url(self) -> str:
        return f"{PUBLIC}/webhooks/jira/{self.connection.id}"

    def reconcile(self, jira: Jira | None = None, *, repair: bool = True) -> list[Finding]:
        jira = jira or self.registrar
        return reconcile(self.db, self.vault, self.connection, jira, self.settings, repair=repair)

    def kinds(self, jira: Jira | None = None, *, repair: bool = True) -> list[tuple[str, bool]]:
        """Reconcile and return the kind of each finding with whether it was repaired."""
        return [(finding.kind, finding.repaired) for finding in self.reconcile(jira, repair=repair)]

    def add(self, url: str, name: str = "jira-reactor ours", events: tuple[str, ...] = ("comment_created",)) -> Any:
        """Put a registration into Jira that we know nothing of."""
        more = {"app": self.app, "by": self.droid} if self.app else {"secret": "theirs", "by": self.admin}
        return self.running.webhooks.add(name=name, url=url, events=events, filter='project IN ("OPS")', **more)

    def secrets(self) -> list[str]:
        """What deliveries may be signed with."""
        sealed = webhooks.sealed_secrets(self.db, self.connection.id)
        return [self.vault.unseal(secret) for _, secret in sealed or ()]


def client(running: Running, person: Person) -> Jira:
    cloud = running.site.face.name == "cloud"
    credentials = {"email": person.email, "token": person.token} if cloud else {"token": person.token}
    auth = restore("api_token" if cloud else "personal_access_token", credentials)
    return connect(running.site.face.name, running.url, auth)


@contextmanager
def open_place(kind: str, db: Database, vault: Vault, home: Path, public: str = PUBLIC) -> Iterator[Place]:
    face, version, auth = KINDS[kind]
    with start(face, version=version) as running:  # type: ignore[arg-type]
        site = running.site
        droid = site.add_user("Factory Droid", email="droid@example.com")
        admin = site.add_user("Admin", email="admin@example.com", admin=True)
        ada = site.add_user("Ada", email="ada@example.com")
        for key in ("OPS", "WEB", "SECRET"):
            site.add_project(key, f"Project {key}")
        app, own = None, client(running, droid)
        credentials: dict[str, Any] = {"token": droid.token, "email": droid.email}
        base = running.url
        if kind == "dynamic":
            app = running.atlassian.register("Reactor")
            given = running.atlassian.connect(app, droid)
            base, credentials = running.gateway_url, {"access_token": given.access, "refresh_token": given.refresh}
            credentials |= {"expires_at": now() + 3_600_000, "cloud_id": site.cloud_id}
            own = connect("cloud", base, restore("oauth", credentials))
        connection = connections.add(
            db,
            vault,
            name="ours",
            deployment=face,
            base_url=base,
            site=urlsplit(running.url).netloc,
            auth=auth,
            credentials=credentials,
            account=User(droid.id, droid.name),
        )
        projects.authorize(db, connection.id, "OPS")
        settings = load(
            {
                "JIRA_REACTOR_HOME": str(home),
                "JIRA_REACTOR_DATABASE_URL": db.url,
                "JIRA_REACTOR_PUBLIC_URL": public,
                "JIRA_REACTOR_OAUTH_CLIENT_ID": app.client_id if app else "",
                "JIRA_REACTOR_OAUTH_CLIENT_SECRET": app.client_secret if app else "",
                "JIRA_REACTOR_ATLASSIAN_AUTH_URL": running.url,
                "JIRA_REACTOR_ATLASSIAN_API_URL": running.url,
            }
        )
        yield Place(kind, running, db, vault, settings, connection, droid, admin, ada, own, app)
