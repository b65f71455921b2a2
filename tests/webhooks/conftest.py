"""A place to register webhooks in, of one kind or of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.database import Database
from app.storage.vault import Vault
from tests.webhooks.places import Place, open_place


@pytest.fixture(params=["dynamic", "admin", "dc10"])
def place(request: pytest.FixtureRequest, plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Place]:
    """One of the three kinds; every test that asks for it runs on each."""
    with open_place(request.param, plain, vault, tmp_path) as made:
        yield made


@pytest.fixture(params=["admin", "dc10"])
def administered(request: pytest.FixtureRequest, plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Place]:
    """One of the two kinds that administrators register."""
    with open_place(request.param, plain, vault, tmp_path) as made:
        yield made


@pytest.fixture
def dynamic(plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Place]:
    """A connection made with OAuth."""
    with open_place("dynamic", plain, vault, tmp_path) as made:
        yield made


@pytest.fixture
def cloud(plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Place]:
    """A Cloud site that a service account is connected to with a token."""
    with open_place("admin", plain, vault, tmp_path) as made:
        yield made
