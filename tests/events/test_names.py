import pytest

from app.events.names import KNOWN, nearest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("issue_updated", "jira:issue_updated"),
        ("jira:comment_created", "comment_created"),
        ("Jira:Issue_Created", "jira:issue_created"),
        ("comment_create", "comment_created"),
        ("version_released", "jira:version_released"),
        ("sprint_finished", "sprint_closed"),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_a_typo_leads_to_the_right_name(typed: str, meant: str | None) -> None:
    assert nearest(typed) == meant


def test_every_known_name_is_its_own_nearest() -> None:
    assert {nearest(name) for name in KNOWN} == KNOWN


@pytest.mark.parametrize(
    "name", ["jira:issue_created", "project_restored_archived", "option_timetracking_provider_changed"]
)
def test_what_jira_documents_is_known(name: str) -> None:
    assert name in KNOWN
