"""The simulator as the Jira we talk to, and a web server that says what no Jira would ever say."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.jira import ApiToken, Budget, Jira, PersonalAccessToken, RetryPolicy, connect
from app.jira.client import JiraClient
from app.simulator import GATED, Running, start

TOKEN = "ATATT3x-secret-of-the-service-account"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answering:
    """Serves `answers` one after the other, the last one for ever; `asked` keeps what came in."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    #: Runs instead of answering, with the handler, where a test wants to break the connection.
    instead: Callable[[BaseHTTPRequestHandler], None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        """Queue an answer; header names are written with underscores."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, raw))

    def page(self, status: int, title: str, **headers: str) -> None:
        """Queue a web page."""
        self.answer(status, f"<!DOCTYPE html><title>{title}</title>".encode(), Content_Type="text/html", **headers)


@pytest.fixture
def other() -> Iterator[Answering]:
    """Something that is not Jira."""
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answering.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            if answering.instead:
                answering.instead(self)
                return
            status, headers, content = answering.answers[0]
            del answering.answers[: len(answering.answers) > 1]
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - the names http.server looks for

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answering.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield answering
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def naps() -> list[float]:
    """The waits between retries, in seconds, which tests do not sleep through."""
    return []


@pytest.fixture
def retries(naps: list[float]) -> RetryPolicy:
    return RetryPolicy(sleep=naps.append)


@pytest.fixture
def client(other: Answering, retries: RetryPolicy) -> JiraClient:
    """Our client, pointed at the server that answers as told."""
    return JiraClient(other.url, ApiToken("droid@example.com", TOKEN), retries=retries)


@dataclass(frozen=True)
class Connected:
    """The simulator as a Jira, its people, and our connection to it as the droid."""

    running: Running
    droid: Any
    ada: Any
    jira: Jira

    @property
    def site(self) -> Any:
        return self.running.site

    def open_as(
        self,
        person: Any,
        *,
        token: str = "",
        budget: Budget | None = None,
        sleep: Callable[[float], None] = lambda seconds: None,
    ) -> Jira:
        """Connect as somebody else, or as the same one with another token."""
        face = self.running.site.face.name
        token = token or person.token
        auth = ApiToken(person.email, token) if face == "cloud" else PersonalAccessToken(token)
        return connect(face, self.running.url, auth, retries=RetryPolicy(sleep=sleep), budget=budget)


def serve(face: Any, version: str = "") -> Iterator[Connected]:
    with start(face, version=version) as running:
        droid = running.site.add_user("Factory Droid", email="droid@example.com")
        ada = running.site.add_user("Ada", email="ada@example.com", admin=True)
        running.site.add_project("OPS", "Operations", lead=ada)
        running.site.add_project("GATE", "Gated", workflow=GATED, lead=ada)
        running.site.create_issue("OPS", "Printer is on fire", by=ada)
        running.site.create_issue("GATE", "Door does not open", by=ada)
        connected = Connected(running, droid, ada, None)  # type: ignore[arg-type]
        yield replace(connected, jira=connected.open_as(droid))


@pytest.fixture
def cloud() -> Iterator[Connected]:
    yield from serve("cloud")


@pytest.fixture
def datacenter() -> Iterator[Connected]:
    yield from serve("datacenter")


@pytest.fixture(params=["cloud", "datacenter"])
def here(request: pytest.FixtureRequest) -> Connected:
    """One of the two deployments; every test that asks for it runs on both."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def calls(here: Connected) -> Iterator[list[str]]:
    """What was asked of Jira since the test began, as method and path."""
    with recorded(here.jira) as made:
        yield made


@contextmanager
def recorded(jira: Jira) -> Iterator[list[str]]:
    made: list[str] = []
    exchange = jira.client._exchange

    def note(method: str, url: str, query: Any, body: Any) -> Any:
        made.append(f"{method} {url.removeprefix(jira.client.base_url)}")
        return exchange(method, url, query, body)

    jira.client._exchange = note  # type: ignore[method-assign]
    yield made
