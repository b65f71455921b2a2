"""Remote droids that run here: real servers that answer as they are told and write down what they were sent."""

import base64
import hmac
import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def signature(secret: str, key: str, timestamp: str, body: bytes) -> str:
    """Sign as the standard says, without the library that the code signs with."""
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), f"{key}.{timestamp}.".encode() + body, sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


@dataclass
class Remote:
    """A remote droid: what it answers next, and what it was sent."""

    url: str = ""
    status: int = 200
    body: bytes = b'{"text": "done"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Seconds between the bytes of the body, where it comes slowly.
    drip: float = 0
    chunked: bool = False
    asked: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    def says(self, status: int, said: Any = None, **headers: str) -> None:
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
        self.body = said if isinstance(said, bytes) else b"" if said is None else json.dumps(said).encode()

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of every message of a kind, oldest first."""
        messages = [json.loads(body) for _, body in self.asked]
        return [message["data"] for message in messages if message["type"] == kind]

    def last(self) -> dict[str, Any]:
        """The body of the newest request."""
        body: dict[str, Any] = json.loads(self.asked[-1][1])
        return body


def call_back(task: Mapping[str, Any], kind: str, **said: Any) -> int:
    """Tell of a task what a remote droid would, under a new id, and return the status of the answer."""
    body = json.dumps({"type": kind, "data": {"task": task["task"]} | said}).encode()
    key, timestamp = uuid.uuid4().hex, str(int(time.time()))
    headers = {"webhook-id": key, "webhook-timestamp": timestamp, "Content-Type": "application/json"}
    headers["webhook-signature"] = signature(SECRET, key, timestamp, body)
    return requests.post(task["callback"], body, headers=headers, timeout=30).status_code


@contextmanager
def serving(tls: ssl.SSLContext | None = None, name: str = "127.0.0.1") -> Iterator[Remote]:
    remote = Remote()

    def pieces() -> list[bytes]:
        return [bytes([byte]) for byte in remote.body] if remote.drip else [remote.body]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            remote.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(remote.status)
            length = {"Transfer-Encoding": "chunked"} if remote.chunked else {"Content-Length": str(len(remote.body))}
            for header, value in (length | dict(remote.headers)).items():
                self.send_header(header, value)
            self.end_headers()
            for piece in pieces():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if remote.chunked else piece)
                time.sleep(remote.drip)
            self.wfile.write(b"0\r\n\r\n" if remote.chunked else b"")
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that refuses our certificate or reads no further is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    remote.url = f"{'https' if tls else 'http'}://{name}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield remote
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
