"""What a worker does by itself, for every connection, whatever becomes of the others."""

import pytest
from structlog.testing import capture_logs

from app.jira import Jira
from app.jira.errors import Unreachable
from app.storage import connections, deliveries, webhooks
from app.storage.connections import Connection
from app.storage.database import now
from app.webhooks import schedules, scheduling
from tests.webhooks.places import Place


def do(place: Place, name: str) -> list[str]:
    """Do what a schedule does, and return what was logged."""
    _, job = schedules(place.db, place.vault, place.settings, lambda connection: place.own)[name]
    with capture_logs() as logged:
        job()
    return [str(entry["event"]) for entry in logged]


def test_a_worker_registers_refreshes_and_sweeps_by_itself(dynamic: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert do(dynamic, "reconcile-webhooks") == ["webhook repaired"]
    webhooks.update(dynamic.db, dynamic.ours[0].id, expires_at=now() + 1)
    assert do(dynamic, "refresh-webhooks") == []
    assert (dynamic.ours[0].expires_at or 0) > now() + 1000
    dynamic.running.trouble.loses = lambda event, key: True
    dynamic.site.create_issue("OPS", "Printer", by=dynamic.ada)
    # What happened just now may still be on its way.
    assert do(dynamic, "sweep") == []
    assert deliveries.latest(dynamic.db, 10) == []
    monkeypatch.setattr(scheduling, "SETTLE", 0)
    assert do(dynamic, "sweep") == ["found what Jira did not push"]
    assert len(deliveries.latest(dynamic.db, 10)) == 1


def test_what_cannot_be_repaired_is_said_once(cloud: Place) -> None:
    assert do(cloud, "reconcile-webhooks") == ["webhook not as it must be"]
    assert do(cloud, "reconcile-webhooks") == []


def test_a_project_that_cannot_be_swept_is_said(cloud: Place) -> None:
    cloud.running.trouble.answer(400, path="/search")
    assert do(cloud, "sweep") == ["not swept"]


def test_a_connection_in_trouble_is_left_alone_and_a_failing_one_keeps_nobody_back(dynamic: Place) -> None:
    def twin(name: str) -> Connection:
        known = dynamic.connection
        return connections.add(
            dynamic.db,
            dynamic.vault,
            name=name,
            deployment="cloud",
            base_url=known.base_url,
            site=known.site,
            auth="api_token",
            credentials={},
            account=known.account,
        )

    troubled, failing = twin("troubled"), twin("failing")
    connections.set_trouble(dynamic.db, troubled.id, "The refresh token is dead.")
    asked = []

    def open_jira(connection: Connection) -> Jira:
        asked.append(connection.name)
        if connection.id == failing.id:
            raise Unreachable("No connection.")
        return dynamic.own

    with capture_logs() as logged:
        schedules(dynamic.db, dynamic.vault, dynamic.settings, open_jira)["reconcile-webhooks"][1]()
    assert sorted(asked) == ["failing", "ours"]
    assert {entry["event"] for entry in logged} == {"webhook repaired", "not reconciled"}
    assert len(dynamic.theirs) == 1


@pytest.mark.parametrize("name", ["refresh-webhooks", "reconcile-webhooks", "sweep"])
def test_no_connection_is_nothing_to_do(cloud: Place, name: str) -> None:
    connections.remove(cloud.db, cloud.connection.id)
    assert do(cloud, name) == []
