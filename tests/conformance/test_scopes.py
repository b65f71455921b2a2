"""The scopes the simulator's gateway asks for are those of the official document."""

import re

import pytest

from app.simulator.atlassian.scopes import needed
from app.simulator.cloud import OWN
from app.simulator.shared import ROUTES
from tests.conformance.spec import cloud

SERVED = [(method, "/rest/api/3" + re.sub(r"<\w+>", "1", path)) for method, path, _ in [*ROUTES, *OWN]]


@pytest.mark.parametrize(("method", "path"), [pytest.param(*served, id=" ".join(served)) for served in SERVED])
def test_asks_for_the_documented_scopes(method: str, path: str) -> None:
    operation = cloud().operation(method, path)
    assert operation, "nothing of this kind is described"
    (documented,) = [way["OAuth2"] for way in operation.content["security"] if "OAuth2" in way]
    assert needed(method, path) == set(documented)
