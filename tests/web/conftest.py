"""A receiver with one connection, as Flask's test client sees it."""

import hmac
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.events.event import User
from app.settings import load
from app.storage import connections, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

SECRET = "a secret of the tests"


def sign(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}


@pytest.fixture
def connection(db: Database, vault: Vault) -> Connection:
    connection = connections.add(
        db,
        vault,
        name="test",
        deployment="cloud",
        base_url="http://127.0.0.1:1",
        site="127.0.0.1:1",
        auth="api_token",
        credentials={"email": "e", "token": "t"},
        account=User("droid", "Factory Droid"),
    )
    webhooks.add(db, vault, connection_id=connection.id, kind="admin", jira_id="1", secret=SECRET)
    return connection


@pytest.fixture
def app(db: Database, tmp_path: Path) -> Iterator[Flask]:
    environ = {"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_DATABASE_URL": db.url}
    app = create_app(load(environ | {"JIRA_REACTOR_MAX_BODY": "20000"}))
    yield app
    app.extensions["database"].close()


@pytest.fixture
def signed() -> Callable[..., dict[str, str]]:
    return sign
