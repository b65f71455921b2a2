"""Send requests at a steady rate, whether or not the earlier ones are answered, and time each from when it was due."""

import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

#: Enough that a few slow answers do not hold the others up.
_SENDERS = 16


def steady(url: str, request: Callable[[int], bytes], *, rate: float, seconds: float) -> tuple[list[float], int]:
    """Return the milliseconds of every request, sorted, and how many were not answered with 2xx.

    `request` makes the bytes of the n-th request; each goes over a connection of its own, as Jira's may.
    """
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    total, begin = int(rate * seconds), time.monotonic() + 0.2
    waits: list[float] = []
    failed = []

    def send(sender: int) -> None:
        for number in range(sender, total, _SENDERS):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            if not _ask(address, request(number)).startswith(b"HTTP/1.1 2"):
                failed.append(number)
            waits.append((time.monotonic() - due) * 1000)

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(_SENDERS)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    return sorted(waits), len(failed)


def _ask(address: tuple[str, int], request: bytes) -> bytes:
    answer = b""
    try:
        with socket.create_connection(address, 30) as connection:
            connection.sendall(request)
            while chunk := connection.recv(4096):
                answer += chunk
    except OSError:
        return b""
    return answer
