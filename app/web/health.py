"""Whether this process answers at all, and whether its connections work."""

from typing import Any

import structlog
from flask import Blueprint, Response, json

from app.connecting.status import Status, stored_status
from app.storage.database import Database, StorageError

log = structlog.get_logger()


def blueprint(db: Database) -> Blueprint:
    """Make the views that probes and load balancers ask."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        """Say that the process lives; it asks nothing of the database or of Jira."""
        return Response("ok\n", content_type="text/plain")

    @health.get("/readyz")
    def readyz() -> Response:
        """Say whether everything works by what is stored, with 503 where it does not; Jira is not asked.

        Anybody may ask this, so it names connections and no more; the reasons are for `jira-reactor status`.
        """
        try:
            status = stored_status(db)
        except StorageError as error:
            log.error("not ready", reason=error.message, cure=error.cure)
            return _answer(503, {"status": "Degraded", "database": False})
        return _answer(200 if status.state == "Connected" else 503, _public(status))

    return health


def _public(status: Status) -> dict[str, Any]:
    return {
        "status": status.state,
        "database": True,
        "worker_alive": status.worker_alive,
        "backlog": status.backlog,
        "connections": [{"name": told.connection.name, "status": told.state} for told in status.connections],
    }


def _answer(code: int, told: dict[str, Any]) -> Response:
    answer = Response(json.dumps(told), code, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
