"""Something real for webhooks to reach, which answers as a test wants and remembers what came."""

import json
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    headers: Message
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def event(self) -> str:
        return self.json["webhookEvent"]


@dataclass
class Receiver:
    """Answers with `statuses` one after the other, then 202; sleeps `delay` seconds before each answer."""

    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    received: list[Received] = field(default_factory=list)
    #: The most requests that were being answered at once.
    busiest: int = 0

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[str]:
        return [received.event for received in self.received]


class _Server(ThreadingHTTPServer):
    #: Twenty come at once; five may wait by default, and the kernel turns the others away on a busy machine.
    request_queue_size = 128


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    lock, busy = threading.Lock(), 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal busy
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            with lock:
                busy += 1
                receiver.busiest = max(receiver.busiest, busy)
                receiver.received.append(Received(self.headers, body))
                status = receiver.statuses.pop(0) if receiver.statuses else 202
            time.sleep(receiver.delay)
            with lock:
                busy -= 1
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler
