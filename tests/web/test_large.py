import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app.web.large import AT_ONCE, LARGE, FewLarge


class Site:
    """An application that keeps requests for as long as it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.inside = threading.Semaphore(0)
        self.app = FewLarge(self._serve, patience=0.2)

    @Request.application
    def _serve(self, request: Request) -> Response:
        self.inside.release()
        assert self.go_on.wait(10)
        return Response(status=202)

    def post(self, **request: Any) -> int:
        return Client(self.app).post("/", **request).status_code


@pytest.fixture
def full() -> Iterator[Site]:
    """A site that serves as many large bodies as it will at a time."""
    site = Site()
    threads = [threading.Thread(target=site.post, kwargs={"data": b"x" * (LARGE + 1)}) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
        assert site.inside.acquire(timeout=10)
    yield site
    site.go_on.set()
    for thread in threads:
        thread.join(10)


def test_a_large_body_too_many_is_to_be_sent_again(full: Site) -> None:
    answer = Client(full.app).post("/", data=b"x" * (LARGE + 1))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["title"] == "Too many large bodies come at the same time"


def test_a_body_that_does_not_say_its_length_counts_as_large(full: Site) -> None:
    assert full.post(headers={"Transfer-Encoding": "chunked"}, data=b"1\r\nx\r\n0\r\n\r\n") == 503
    assert full.post(environ_overrides={"CONTENT_LENGTH": "many"}) == 503


def test_small_ones_pass_by(full: Site) -> None:
    answers: list[int] = []
    small = threading.Thread(target=lambda: answers.append(full.post(data=b"x" * LARGE)))
    small.start()
    assert full.inside.acquire(timeout=10)
    full.go_on.set()
    small.join(10)
    assert answers == [202]


def test_a_place_is_free_again_once_its_request_is_served(full: Site) -> None:
    full.go_on.set()
    assert [full.post(data=b"x" * (LARGE + 1)) for _ in range(2 * AT_ONCE)] == [202] * 2 * AT_ONCE
