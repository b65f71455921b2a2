"""A bound on the memory that large bodies take, now that one process reads many requests at a time."""

from collections.abc import Iterable
from threading import BoundedSemaphore
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog

from app.web.errors import come_again

#: Bytes above which a body is large. What Jira sends hardly ever is.
LARGE = 1 << 20
#: Requests with large bodies that one process serves at a time.
AT_ONCE = 4

log = structlog.get_logger()


class FewLarge:
    """Lets few requests with large bodies in at a time; others wait, and come again where that takes too long."""

    def __init__(self, app: WSGIApplication, patience: float = 10) -> None:
        """Wrap an application; `patience` is in seconds, and shorter than Jira waits for an answer."""
        self._app = app
        self._patience = patience
        self._places = BoundedSemaphore(AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request, be it at once or in its turn."""
        if not _is_large(environ):
            return self._app(environ, start_response)
        if not self._places.acquire(timeout=self._patience):
            log.warning("too many large bodies", waited=self._patience)
            return come_again("Too many large bodies come at the same time")(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._places.release()


def _is_large(environ: WSGIEnvironment) -> bool:
    # A body that comes in chunks does not say how long it is.
    length = environ.get("CONTENT_LENGTH") or "0"
    return "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal() or int(length) > LARGE
