"""Send requests at a steady rate, whether or not the earlier ones are answered, and time each from when it was due."""

import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit


def steady(
    url: str, request: Callable[[int], bytes], *, rate: float, seconds: float, connections: int
) -> tuple[list[float], int]:
    """Return the milliseconds of every request, sorted, and how many were not answered with 2xx.

    `request` makes the bytes of the n-th request, whose answer has no body. They go over kept connections in turn.
    """
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    total, begin = int(rate * seconds), time.monotonic() + 0.2
    waits: list[float] = []
    failed = []

    def send(sender: int) -> None:
        client = _Client(address)
        for number in range(sender, total, connections):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            if not client.ask(request(number)).startswith(b"HTTP/1.1 2"):
                failed.append(number)
            waits.append((time.monotonic() - due) * 1000)
        client.close()

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(connections)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    return sorted(waits), len(failed)


class _Client:
    """Asks over one connection, and over a new one after a failure."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._connection: socket.socket | None = None

    def ask(self, request: bytes) -> bytes:
        """Return the answer, or nothing where there is none."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(self._address, 30)
            return _answer(self._connection, request)
        except OSError:
            self.close()
            return b""

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _answer(connection: socket.socket, request: bytes) -> bytes:
    answer = b""
    connection.sendall(request)
    while not answer.endswith(b"\r\n\r\n"):
        chunk = connection.recv(4096)
        if not chunk:
            raise ConnectionError(f"The connection was closed after {answer!r}.")
        answer += chunk
    return answer
