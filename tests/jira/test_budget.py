"""Which calls wait for which limit."""

import pytest

from app.jira import budget

COMMENT = "/rest/api/3/issue/OPS-1/comment"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", COMMENT, "POST /issue/*/comment"),
        ("POST", "/rest/api/2/issue/10001/comment", "POST /issue/*/comment"),
        ("PUT", f"{COMMENT}/10100", "PUT /issue/*/comment/*"),
        ("PUT", "/rest/api/3/issue/OPS-1/properties/any-Name", "PUT /issue/*/properties/*"),
        ("GET", "/rest/api/2/comment/7/properties/jira-reactor", "GET /comment/*/properties/*"),
        ("POST", "/rest/api/3/comment/list", "POST /comment/list"),
        ("POST", "/rest/api/3/search/jql", "POST /search/jql"),
        ("GET", "/rest/api/3/project/OPS", "GET /project/*"),
        ("GET", "/rest/api/3/serverInfo", "GET /serverInfo"),
        ("PUT", "/rest/webhooks/1.0/webhook/5", "PUT /rest/webhooks/1.0/webhook/*"),
    ],
)
def test_calls_of_one_kind_differ_in_nothing_but_what_they_name(method: str, path: str, kind: str) -> None:
    assert budget.kind(method, path) == kind


def test_a_write_waits_for_everything_for_its_kind_and_for_its_issue() -> None:
    assert budget.scopes("POST", COMMENT) == ["all", "POST /issue/*/comment", "issue:OPS-1"]


def test_reads_and_what_concerns_no_issue_wait_for_no_issue() -> None:
    assert budget.scopes("GET", COMMENT) == ["all", "GET /issue/*/comment"]
    assert budget.scopes("POST", "/rest/api/3/issue") == ["all", "POST /issue"]
    assert budget.scopes("POST", "/rest/api/3/comment/list") == ["all", "POST /comment/list"]


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("jira-per-issue-on-write", "issue:OPS-1"),
        ("jira-burst-based", "POST /issue/*/comment"),
        ("jira-quota-tenant-based", "all"),
        ("jira-quota-global-based", "all"),
        ("something-new", "all"),
        ("", "all"),
    ],
)
def test_each_reason_holds_back_what_it_counts_and_no_more(reason: str, scope: str) -> None:
    assert budget.limited_scope(reason, "POST", COMMENT) == scope


def test_a_limit_of_one_issue_on_a_call_that_names_none_holds_back_its_kind() -> None:
    assert budget.limited_scope("jira-per-issue-on-write", "POST", "/rest/api/3/issue") == "POST /issue"
