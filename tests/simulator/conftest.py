"""A running Jira of either kind, people in it, and somebody who listens to its webhooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from app.simulator import Running, start
from app.simulator.people import App, Person
from tests.simulator.receiver import Receiver


@dataclass
class Installed:
    """An app that somebody has consented to, and an access token of it."""

    app: App
    token: str


@dataclass
class World:
    """A Jira with an administrator, a worker who is no administrator, and a project OPS."""

    jira: Running
    admin: Person
    worker: Person

    @property
    def cloud(self) -> bool:
        return self.jira.site.face.name == "cloud"

    def ask(self, method: str, path: str, *, by: Person | str | None = None, **more: Any) -> requests.Response:
        """Call the REST API, by default as the worker; `by` may be a bearer token, and "" is nobody.

        On Cloud a bearer token goes where it is good: to the gateway.
        """
        by = self.worker if by is None else by
        headers = {"Authorization": f"Bearer {by if isinstance(by, str) else by.token}", **more.pop("headers", {})}
        auth = None
        if not by or (self.cloud and isinstance(by, Person)):
            del headers["Authorization"]
            auth = (by.email, by.token) if isinstance(by, Person) else None
        root = self.jira.gateway_url if self.cloud and by and isinstance(by, str) else self.jira.url
        base = root if path.startswith("/") else f"{root}{self.jira.site.face.api}/"
        return requests.request(method, f"{base}{path}", headers=headers, auth=auth, timeout=10, **more)

    def install(self, person: Person, app: App | None = None, **settings: Any) -> Installed:
        """Let an app, by default a new one, act for somebody on Cloud."""
        app = app or self.jira.atlassian.register("Reactor", **settings)
        return Installed(app, self.jira.atlassian.connect(app, person).access)

    def body(self, text: str) -> Any:
        """Write a body as this Jira takes it."""
        return self.jira.site.face.body(text)

    def listen(self, receiver: Receiver, *events: str, filter: str = "", secret: str = "shh") -> None:  # noqa: A002
        """Register a webhook of the administrator for the receiver."""
        self.jira.webhooks.add(
            name="test", url=receiver.url, events=events, by=self.admin, filter=filter, secret=secret
        )


def world(face: Any, **settings: Any) -> World:
    jira = start(face, retry_scale=0.0002, **settings)
    admin = jira.site.add_user("Ada Admin", email="ada@example.com", admin=True)
    worker = jira.site.add_user("Will Worker", email="will@example.com")
    jira.site.add_project("OPS", "Operations", lead=admin)
    return World(jira, admin, worker)


@pytest.fixture(params=["cloud", "datacenter"])
def either(request: pytest.FixtureRequest) -> Iterator[World]:
    """Both Jiras, one after the other."""
    made = world(request.param)
    with made.jira:
        yield made


@pytest.fixture
def cloud() -> Iterator[World]:
    made = world("cloud")
    with made.jira:
        yield made


@pytest.fixture
def datacenter() -> Iterator[World]:
    made = world("datacenter")
    with made.jira:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made
