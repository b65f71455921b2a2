"""Starts a Jira that serves real HTTP on this machine."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from app.simulator.application import create_application
from app.simulator.atlassian import Atlassian
from app.simulator.atlassian.gateway import PREFIX, gateway
from app.simulator.faces import Cloud, DataCenter, Face
from app.simulator.journal import VARIABLE, Journal
from app.simulator.retries import Retries
from app.simulator.sender import Sender
from app.simulator.site import Site
from app.simulator.trouble import Trouble
from app.simulator.webhooks import Webhooks

HOST = "127.0.0.1"
CLOUD_VERSION = "1001.0.0"
DATA_CENTER_VERSION = "10.3.0"


class Quiet(WSGIRequestHandler):
    """Serves without a word on the terminal; the journal tells more."""

    def log(self, *args: Any) -> None:
        """Drop the line."""


class Running:
    """A Jira at work; a context manager that stops it. Its state lives in memory and goes with it."""

    def __init__(
        self, face: Face, *, port: int, journal: Journal | None, retries: Retries, atlassian: Atlassian, name: str
    ) -> None:
        self.atlassian = atlassian
        self.site = Site(face, atlassian.clock, name)
        self.webhooks = Webhooks(atlassian.clock)
        self.trouble = Trouble()
        self.sender = Sender(self.site, self.webhooks, self.trouble, retries)
        self._journal = journal
        flask = create_application(self.site, self.webhooks, self.sender, self.trouble, atlassian, journal)
        self._served = flask if face.name == "datacenter" else gateway(atlassian, flask)
        if face.name == "cloud":
            atlassian.sites[self.site.cloud_id] = self.site, flask
        self._listen(port)
        self.url = self.site.base_url = f"http://{HOST}:{self._server.server_port}"
        self.site.listener = self.sender.tell
        self.sender.start()

    @property
    def gateway_url(self) -> str:
        """Give the base URL for OAuth, client credentials and scoped tokens."""
        return f"{self.url}{PREFIX}{self.site.cloud_id}"

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse every connection, as a server that is down does; no connection outlives its request anyway."""
        self._close()
        try:
            yield
        finally:
            self._listen(self._server.server_port)

    def stop(self) -> None:
        """Stop serving and sending."""
        self._close()
        self.sender.stop()
        if self._journal:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _listen(self, port: int) -> None:
        self._server = make_server(HOST, port, self._served, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="simulator", daemon=True)
        self._thread.start()

    def _close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def start(
    face: Literal["cloud", "datacenter"] = "cloud",
    *,
    port: int = 0,
    journal: Path | None = None,
    retry_scale: float = 0.001,
    version: str = "",
    beside: Running | None = None,
    name: str = "simulator",
) -> Running:
    """Start a Jira; with `port` 0 on whichever is free.

    `retry_scale` multiplies the times between webhook retries, of which Jira's own are 5 to 15 minutes. Without
    `journal` the file named by JIRA_REACTOR_SIMULATOR_JOURNAL, if any, takes down every exchange. A Cloud site started
    `beside` another shares its apps, tokens and gateway; `name` is what the consent page calls it.
    """
    path = journal or os.environ.get(VARIABLE)
    chosen = Cloud(version or CLOUD_VERSION) if face == "cloud" else DataCenter(version or DATA_CENTER_VERSION)
    kept = Journal(Path(path)) if path else None
    atlassian = beside.atlassian if beside else Atlassian()
    retries = Retries(scale=retry_scale)
    return Running(chosen, port=port, journal=kept, retries=retries, atlassian=atlassian, name=name)
