"""What only Jira Cloud does."""

from typing import Any

import pytest

from app.jira.cloud import MOST_CHARACTERS

from .conftest import Connected, recorded


@pytest.mark.parametrize(
    ("seen", "copied"),
    [
        ({"type": "group", "value": "devs", "identifier": "276f955c"}, {"type": "group", "identifier": "276f955c"}),
        ({"type": "group", "value": "devs", "identifier": None}, {"type": "group", "value": "devs"}),
        ({"type": "role", "value": "Developers"}, {"type": "role", "value": "Developers"}),
    ],
    ids=["identified", "null-identifier", "role"],
)
def test_a_group_is_copied_by_its_identifier(cloud: Connected, seen: dict[str, Any], copied: dict[str, Any]) -> None:
    """Names of groups can change, and then belong to others."""
    cloud.jira.comment("OPS-1", "Psst.", marker="m1", visibility=seen)
    assert cloud.site.issues["OPS-1"].comments[0].visibility == copied


def test_an_edit_does_not_notify_everybody_again(cloud: Connected) -> None:
    comment_id = cloud.jira.comment("OPS-1", "one", marker="m1")
    with recorded(cloud.jira) as calls:
        cloud.jira.edit_comment("OPS-1", comment_id, "two")
    assert calls == [f"PUT /rest/api/3/issue/OPS-1/comment/{comment_id}"]


def test_the_bound_is_that_of_the_serialised_document(cloud: Connected) -> None:
    """Each item of a list costs far more in ADF than in Markdown."""
    assert cloud.jira.fits("x" * (MOST_CHARACTERS - 200))
    assert not cloud.jira.fits("x" * MOST_CHARACTERS)
    assert not cloud.jira.fits("- x\n" * 1000)
