"""`jira-reactor sweep`, as an admin types it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import deliveries, projects
from tests.cli.prompt import Prompt, prompt


@pytest.fixture(params=["admin", "dc10"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prompt]:
    """Either deployment, with an issue that nobody pushed because no webhook is registered."""
    with prompt(request.param, tmp_path) as made:
        made.place.site.create_issue("OPS", "Printer", by=made.place.ada)
        yield made


def test_what_was_not_pushed_is_found_once(desk: Prompt) -> None:
    assert desk.ok("sweep") == "OPS: 1 delivery made of what Jira did not push.\n"
    assert [delivery.event for delivery in deliveries.latest(desk.place.db, 5)] == ["jira:issue_created"]
    assert desk.ok("sweep", "OPS") == "OPS: 0 deliveries made of what Jira did not push.\n"
    assert desk.ok("sweep", "OPS", "--since", "2h") == "OPS: 0 deliveries made of what Jira did not push.\n"


def test_a_project_that_is_not_authorized_is_not_swept(desk: Prompt) -> None:
    assert "SECRET, WEB is not authorized on ours." in desk.refused("sweep", "WEB", "SECRET", "OPS")
    projects.revoke(desk.place.db, desk.place.connection.id, "OPS")
    assert desk.ok("sweep") == "No project is to be swept.\n"


def test_trouble_is_said_and_makes_the_command_fail(desk: Prompt) -> None:
    desk.place.running.trouble.answer(400, path="/search")
    assert desk.refused("sweep").startswith("OPS: Jira answered 400")


@pytest.mark.parametrize("since", ["2", "yesterday", "h2", "-3h", "2w"])
def test_a_time_nobody_can_read_is_refused(desk: Prompt, since: str) -> None:
    result = desk.run("sweep", "--since", since)
    assert result.exit_code == 2
    assert "is no length of time such as 90m, 12h or 3d" in result.stderr
