"""What tests of several rooms share."""

import itertools
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest
import structlog

from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from tests import postgres, routes, tables

_numbers = itertools.count(1)

# Enough to find what is wrong over many runs, few enough for each of them to be quick.
hypothesis.settings.register_profile("house", max_examples=60, deadline=None)
hypothesis.settings.load_profile("house")

routes.build_addresses_on_request()

# Every simulator of the session, in whatever process, writes down what it was asked and what it answered, and
# tests/conformance holds that against the official specifications at the end.
_journal = Path(tempfile.mkdtemp(prefix="reactor-journal-")) / "exchanges.jsonl"
os.environ.setdefault("JIRA_REACTOR_SIMULATOR_JOURNAL", str(_journal))


#: Where processes of their own are what is tested: measuring the test beside them only makes it slower.
_UNMEASURED = ("tests/faults", "tests/stories", "tests/browser", "tests/test_docs.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Measure no lines while a test runs that is about other processes."""
    measuring = coverage.Coverage.current()
    if measuring is None or not item.nodeid.startswith(_UNMEASURED):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put conformance last, as it judges what all the others made the client and the simulator say, and floods first.

    They take longest: at the end the other processes would wait for them.
    """
    first, last = "tests/faults", "tests/conformance"
    items.sort(key=lambda item: (last in item.path.as_posix()) - (first in item.path.as_posix()))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that ran inside a test leaves its way of logging to nobody."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.serve() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_with_tables(postgres_server: str) -> Iterator[str]:
    """The name of a database to copy: making and migrating one takes the server longer than most tests."""
    name = "tables"
    with postgres.database(postgres_server, name) as url:
        database = Database(driven(url))
        upgrade(database)
        database.close()
        yield name


def driven(url: str) -> str:
    """Name the driver that the application uses."""
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database that is empty unless the test asks for `db` too; whoever asks for it runs on both kinds."""
    with_tables = "db" in request.fixturenames
    if request.param == "sqlite":
        file = tmp_path / "reactor.sqlite3"
        if with_tables:
            tables.lay_out(file).close()
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("_postgres_with_tables") if with_tables else "template1"
    with postgres.database(server, f"t{next(_numbers)}", template) as url:
        yield driven(url)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database with its tables and nothing in them."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with its tables, for tests that no database can tell apart."""
    database = tables.lay_out(tmp_path / "reactor.sqlite3")
    yield database
    database.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault("", tmp_path)
