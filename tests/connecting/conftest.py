"""A simulated Atlassian with a site, its people, and an installation of ours that is to be connected to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.connecting.access import Access, by_consent
from app.connecting.connect import Wish, establish
from app.connecting.oauth import Grant
from app.connecting.tokens import EARLY
from app.settings import Settings, load
from app.simulator import Running, start
from app.storage import connections
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.vault import Vault

PUBLIC_URL = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Atlassian:
    """The simulator, who is there, and our app in its developer console."""

    running: Running
    droid: Any
    ada: Any
    admin: Any
    app: Any
    settings: Settings

    @property
    def site(self) -> Any:
        return self.running.site

    @property
    def platform(self) -> Any:
        return self.running.atlassian

    def token(self, person: Any) -> Access:
        """The way in with an API token without scopes, or with a personal access token."""
        face = self.site.face.name
        if face == "cloud":
            return Access("cloud", self.running.url, "api_token", {"email": person.email, "token": person.token})
        return Access("datacenter", self.running.url, "personal_access_token", {"token": person.token})

    def consented(self, person: Any, *, lasts: int = 3_600_000) -> Access:
        """The way in that a browser would have brought; the access token ends in so many milliseconds."""
        given = self.platform.connect(self.app, person)
        grant = Grant(given.access, given.refresh, now() + lasts, tuple(sorted(given.scopes)))
        return by_consent(self.settings, self.site.cloud_id, grant)


def settings_for(running: Running, app: Any, home: Path, database_url: str) -> Settings:
    given = {
        "HOME": str(home),
        "DATABASE_URL": database_url,
        "PUBLIC_URL": PUBLIC_URL,
        "OAUTH_CLIENT_ID": app.client_id,
        "OAUTH_CLIENT_SECRET": app.client_secret,
        "ATLASSIAN_AUTH_URL": running.url,
        "ATLASSIAN_API_URL": running.url,
    }
    return load({f"JIRA_REACTOR_{name}": value for name, value in given.items()})


def serve(face: Any, home: Path, database_url: str = "") -> Iterator[Atlassian]:
    with start(face) as running:
        site = running.site
        droid = site.add_user("Factory Droid", email="droid@example.com")
        ada = site.add_user("Ada", email="ada@example.com")
        admin = site.add_user("Grace Admin", email="grace@example.com", admin=True)
        site.add_project("OPS", "Operations", lead=ada)
        app = running.atlassian.register("Reactor", redirect_uri=f"{PUBLIC_URL}/oauth/callback")
        yield Atlassian(running, droid, ada, admin, app, settings_for(running, app, home, database_url))


@pytest.fixture
def atlassian(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Atlassian]:
    url = request.getfixturevalue("database_url") if "database_url" in request.fixturenames else ""
    yield from serve("cloud", tmp_path, url)


@pytest.fixture
def datacenter(tmp_path: Path) -> Iterator[Atlassian]:
    yield from serve("datacenter", tmp_path)


@pytest.fixture
def oauth(atlassian: Atlassian, db: Database, vault: Vault) -> Connection:
    """A connection that somebody consented to as the droid."""
    return establish(db, vault, atlassian.consented(atlassian.droid), Wish(name="ops"))


@pytest.fixture
def expired(atlassian: Atlassian, db: Database, vault: Vault) -> Connection:
    """A connection whose access token ends within the next moments."""
    return establish(db, vault, atlassian.consented(atlassian.droid, lasts=EARLY - 1), Wish(name="ops"))


def refreshes(atlassian: Atlassian) -> int:
    """How many refresh tokens were spent; none twice, which would have ended its family."""
    families = atlassian.platform.issuer._families
    assert not any(family.dead or family.reused for family in families)
    return sum(len(family.spent) for family in families)


def stored(db: Database, connection: Connection) -> Connection:
    found = connections.get(db, connection.id)
    assert found is not None
    return found
