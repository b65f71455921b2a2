"""The plugin through which pytest offers `rehearse`; what it needs is imported when a test asks for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from app.testing.rehearse import Rehearse, Said


@pytest.fixture
def rehearse(request: pytest.FixtureRequest) -> "Rehearse":
    """Rehearse a handler file on a payload.

    Relative paths are looked for beside the test and in the folders above it, up to the one pytest was started in.
    """
    from app.testing.rehearse import rehearse as play

    def find(path: Any) -> Any:
        if not isinstance(path, str | Path):
            return path
        places = _upwards(request.path.parent, request.config.rootpath, request.config.invocation_params.dir)
        found = next((place / path for place in places if (place / path).is_file()), None)
        assert found, f"There is no file {path} in {' or '.join(map(str, places))}."
        return found

    def rehearse_here(handler: Any, payload: Any, **how: Any) -> "Said":
        return play(find(handler), find(payload), **how)

    return rehearse_here


def _upwards(start: Path, *ends: Path) -> list[Path]:
    """List a folder and those above it, up to the uppermost of these ends."""
    places = [start, *start.parents]
    last = max((places.index(end) for end in ends if end in places), default=0)
    return places[: last + 1]
