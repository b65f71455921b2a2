"""What probes and load balancers are told."""

import pytest
from flask.testing import FlaskClient

from app.storage import connections, deliveries, projects, workers
from app.storage.connections import Connection
from app.storage.database import Database


def test_healthz_says_ok_without_a_database(client: FlaskClient, db: Database) -> None:
    with db.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE workers")
    assert client.get("/healthz").text == "ok\n"


def test_readyz_says_connected_without_asking_jira(client: FlaskClient, connection: Connection, db: Database) -> None:
    """The connection's Jira is at a port where nobody listens."""
    workers.beat(db, "w")
    projects.authorize(db, connection.id, "OPS")
    deliveries.keep(db, connection_id=connection.id, key="1", headers="{}", body=b"{}", event="e")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "status": "Connected",
        "database": True,
        "worker_alive": True,
        "backlog": 1,
        "connections": [{"name": "test", "status": "Connected"}],
    }


@pytest.mark.parametrize("trouble", ["", "The token of Factory Droid was refused."])
def test_readyz_says_503_where_something_keeps_it_from_working_and_not_why(
    client: FlaskClient, connection: Connection, db: Database, trouble: str
) -> None:
    """Once no worker lives, once the connection is broken as well."""
    connections.set_trouble(db, connection.id, trouble)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == ("Reconnect needed" if trouble else "Degraded")
    assert answer.json["worker_alive"] is False
    for private in ("Factory Droid", connection.account.id, connection.id, connection.credentials):
        assert private not in answer.text


def test_readyz_says_503_where_the_database_is_away(client: FlaskClient, db: Database) -> None:
    with db.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE connections" + ("" if db.sqlite else " CASCADE"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "Degraded", "database": False})
