from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.house import House, built


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation that knows no Jira yet, beside a Cloud site."""
    with built("cloud", tmp_path) as house:
        yield house


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def serving(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation at work, set up by commands alone; the module's tests share it, each with issues of its own."""
    with built(request.param, tmp_path_factory.mktemp("house")) as house:
        house.set_up()
        with house.served():
            yield house
