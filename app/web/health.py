"""Whether this process answers at all."""

from flask import Blueprint, Response

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Say that the process lives; it asks nothing of the database or of Jira."""
    return Response("ok\n", content_type="text/plain")
