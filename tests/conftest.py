"""What tests of several rooms share."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from tests import postgres

_numbers = itertools.count(1)

# Enough to find what is wrong over many runs, few enough for each of them to be quick.
hypothesis.settings.register_profile("house", max_examples=60, deadline=None)
hypothesis.settings.load_profile("house")

# Every simulator of the session, in whatever process, writes down what it was asked and what it answered, and
# tests/conformance holds that against the official specifications at the end.
_journal = Path(tempfile.mkdtemp(prefix="reactor-journal-")) / "exchanges.jsonl"
os.environ.setdefault("JIRA_REACTOR_SIMULATOR_JOURNAL", str(_journal))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put conformance last: it judges what all the others made the client and the simulator say."""
    items.sort(key=lambda item: "tests/conformance" in item.path.as_posix())


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
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy: migrating each test's database anew would be a good part of all the time."""
    file = tmp_path_factory.mktemp("tables") / "reactor.sqlite3"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def _postgres_with_tables(postgres_server: str) -> Iterator[str]:
    """The name of a database to copy, likewise."""
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
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database; every test that asks for it runs on both kinds."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'reactor.sqlite3'}"
        return
    with postgres.database(request.getfixturevalue("postgres_server"), f"t{next(_numbers)}") as url:
        yield driven(url)


@pytest.fixture
def db(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with its tables, and nothing in them; every test that asks for it runs on both kinds."""
    if database_kind == "sqlite":
        yield request.getfixturevalue("plain")
        return
    server, template = map(request.getfixturevalue, ("postgres_server", "_postgres_with_tables"))
    with postgres.database(server, f"t{next(_numbers)}", template) as url:
        database = Database(driven(url))
        yield database
        database.close()


@pytest.fixture
def plain(tmp_path: Path, _sqlite_with_tables: Path) -> Iterator[Database]:
    """A SQLite database with its tables, for tests that no database can tell apart."""
    file = tmp_path / "reactor.sqlite3"
    shutil.copyfile(_sqlite_with_tables, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault("", tmp_path)
