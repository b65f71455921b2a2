"""The plugin through which pytest offers `rehearse`; what it needs is imported when a test asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from app.testing.rehearse import Rehearse, Said


@pytest.fixture
def rehearse(request: pytest.FixtureRequest) -> "Rehearse":
    """Rehearse a handler file on a payload.

    Relative paths are looked for beside the test and in each folder above it, up to the one pytest was started for.
    """
    from app.testing.rehearse import rehearse as play

    def find(path: Any) -> Any:
        if not isinstance(path, str | Path):
            return path
        places = list(_upwards(request.path.parent, request.config.rootpath))
        found = next((place / path for place in places if (place / path).is_file()), None)
        assert found, f"There is no file {path} in {' or '.join(map(str, places))}."
        return found

    def rehearse_here(handler: Any, payload: Any, **how: Any) -> "Said":
        return play(find(handler), find(payload), **how)

    return rehearse_here


def _upwards(start: Path, end: Path) -> Iterator[Path]:
    for place in (start, *start.parents):
        yield place
        if place == end:
            return
