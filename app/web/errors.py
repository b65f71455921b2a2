"""Errors as problem details, which machines and people can read.

https://www.rfc-editor.org/rfc/rfc9457
"""

import structlog
from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from app.receiving.refusals import Refusal
from app.storage.database import StorageError

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Make every error of the app a problem."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StorageError, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def problem(status: int, title: str, detail: str = "") -> Response:
    """Answer with a problem; `detail` must hold no secret."""
    body = {"type": "about:blank", "title": title, "status": status} | ({"detail": detail} if detail else {})
    return Response(json.dumps(body), status, content_type="application/problem+json")


def come_again(title: str) -> Response:
    """Answer that what was sent is to be sent again, which Jira and remote droids do after a 503."""
    answer = problem(503, title, "Send it again later.")
    answer.headers["Retry-After"] = "30"
    return answer


def _refused(error: Refusal) -> Response:
    log.warning("refused", status=error.status, reason=error.message)
    return problem(error.status, error.title, str(error))


def _unavailable(error: StorageError) -> Response:
    log.error("store unavailable", reason=error.message, cure=error.cure)
    # What exactly failed is the admin's to read in the log.
    return come_again("What was sent could not be stored")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, error.name, error.description or "")
    answer.headers.extend(h for h in error.get_headers() if h[0] in ("Allow", "Location"))
    return answer


def _broken(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    # A 500 makes Jira send again, so nothing is lost while the cause is found.
    return problem(500, "Internal Server Error")
