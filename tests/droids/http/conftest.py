"""A remote droid and the droid that speaks to it."""

from collections.abc import Iterator

import pytest

from app.droids.http.droid import HttpDroid
from tests.droids.http.remote import SECRET, Remote, serving

PUBLIC = "https://reactor.example.com"


@pytest.fixture
def remote() -> Iterator[Remote]:
    with serving() as remote:
        yield remote


@pytest.fixture
def droid(remote: Remote) -> HttpDroid:
    return HttpDroid(remote.url, SECRET, PUBLIC, ("127.0.0.1",))
