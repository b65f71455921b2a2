"""Calls that wait for their turn, against servers that limit them as Cloud and as Data Center do."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.jira import PersonalAccessToken, RetryPolicy
from app.jira.client import JiraClient
from app.jira.errors import HeldBack, JiraBroken, RateLimited
from app.jira.pacing import spacing
from app.simulator.trouble import REASONS

from .conftest import Answering, Connected

ISSUE = "/rest/api/3/issue/OPS-1"
COMMENT = f"{ISSUE}/comment"


@dataclass
class Clockwork:
    """A budget in memory whose time passes only while somebody sleeps."""

    now: float = 0.0
    until: dict[str, float] = field(default_factory=dict)
    slowed: dict[str, float] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def wait(self, scopes: Collection[str]) -> float:
        return max(0.0, *(self.until.get(scope, 0.0) - self.now for scope in scopes))

    def pause(self, scope: str, seconds: float) -> None:
        self.until[scope] = self.now + seconds

    def slow(self, scope: str, seconds: float) -> None:
        self.slowed[scope] = seconds


@pytest.fixture
def budget() -> Clockwork:
    return Clockwork()


@pytest.fixture
def paced(other: Answering, budget: Clockwork) -> JiraClient:
    return JiraClient(other.url, PersonalAccessToken("pat"), retries=RetryPolicy(sleep=budget.sleep), budget=budget)


def test_a_call_whose_turn_it_is_goes_out_at_once(paced: JiraClient, other: Answering, budget: Clockwork) -> None:
    other.answer(200, {})
    paced.send("GET", ISSUE)
    assert budget.slept == []


def test_a_pause_that_somebody_else_wrote_down_is_slept_through(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    other.answer(201, {"id": "1"})
    budget.pause("issue:OPS-1", 8.0)
    assert paced.send("POST", COMMENT, body={}) == {"id": "1"}
    assert 8.0 <= sum(budget.slept) <= 8.0 * 1.3


def test_a_paused_issue_holds_back_neither_its_reads_nor_other_issues(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    other.answer(200, {})
    budget.pause("issue:OPS-1", 1800.0)
    paced.send("GET", ISSUE)
    paced.send("POST", "/rest/api/3/issue/OPS-2/comment", body={})
    assert (budget.slept, len(other.asked)) == ([], 2)


def test_a_longer_pause_than_a_thread_should_sleep_goes_to_the_caller_unsent(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    budget.pause("all", 1800.0)
    with pytest.raises(
        RateLimited, match=rf"wait 18\d\d seconds more before GET {ISSUE}, so it was not sent"
    ) as caught:
        paced.send("GET", ISSUE)
    assert (other.asked, budget.slept) == ([], [])
    assert (caught.value.sent, caught.value.transient, caught.value.status) == (False, True, None)
    assert caught.value.retry_after is not None
    assert 1800.0 <= caught.value.retry_after <= 1810.0


def test_pauses_that_follow_each_other_end_at_the_caller_too(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    budget.until["all"] = float("inf")
    budget.wait = lambda scopes: 20.0  # type: ignore[method-assign]
    with pytest.raises(HeldBack, match="was not sent"):
        paced.send("GET", ISSUE)
    assert 40.0 <= sum(budget.slept) <= 60.0
    assert other.asked == []


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("jira-per-issue-on-write", "issue:OPS-1"),
        ("jira-burst-based", "POST /issue/*/comment"),
        ("jira-quota-tenant-based", "all"),
        ("jira-quota-global-based", "all"),
        ("", "all"),
    ],
)
def test_a_refusal_is_written_down_for_everybody(
    paced: JiraClient, other: Answering, budget: Clockwork, reason: str, scope: str
) -> None:
    other.answer(429, {}, RateLimit_Reason=reason, Retry_After="7")
    other.answer(201, {"id": "1"})
    assert paced.send("POST", COMMENT, body={}) == {"id": "1"}
    assert budget.until == {scope: 7.0}
    assert budget.now >= 7.0


def test_a_refusal_that_names_no_time_counts_for_a_short_one(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    other.answer(429, {})
    other.answer(201, {"id": "1"})
    paced.send("POST", COMMENT, body={})
    assert budget.until == {"all": 2.0}


def test_a_quota_is_left_alone_until_its_reset_whatever_retry_after_says(
    paced: JiraClient, other: Answering, budget: Clockwork
) -> None:
    reset = datetime.now(UTC) + timedelta(seconds=1200)
    other.answer(
        429,
        {},
        RateLimit_Reason="jira-quota-tenant-based",
        Retry_After="3",
        X_RateLimit_Reset=reset.isoformat(),
    )
    with pytest.raises(RateLimited, match="hourly quota of this site") as caught:
        paced.send("GET", ISSUE)
    assert caught.value.retry_after == pytest.approx(1200, abs=5)
    assert budget.until["all"] == caught.value.retry_after
    assert len(other.asked) == 1


def test_a_failure_that_is_no_limit_pauses_nothing(paced: JiraClient, other: Answering, budget: Clockwork) -> None:
    other.answer(503, {}, Retry_After="9")
    with pytest.raises(JiraBroken):
        paced.send("POST", COMMENT, body={})
    assert budget.until == {}


@pytest.mark.parametrize(
    ("method", "scope"), [("GET", "GET /issue/*/comment"), ("POST", "issue:OPS-1")], ids=["reads", "writes"]
)
def test_calls_are_spread_out_once_jira_says_that_few_are_left(
    paced: JiraClient, other: Answering, budget: Clockwork, method: str, scope: str
) -> None:
    other.answer(200, {}, X_RateLimit_NearLimit="true", X_RateLimit_Remaining="0")
    paced.send(method, COMMENT)
    assert budget.slowed == {scope: 2.0}


LATER, GONE = "2100-01-01T00:00Z", "2020-01-01T00:00Z"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, 0.0, id="nothing-told"),
        pytest.param({"Remaining": "80", "Limit": "100", "Reset": LATER}, 0.0, id="plenty"),
        pytest.param({"Remaining": "0", "Limit": "100", "Reset": LATER}, 2.0, id="at-most-two-seconds"),
        pytest.param({"Remaining": "9", "Limit": "100", "Reset": GONE}, 0.0, id="reset-already"),
        pytest.param({"Remaining": "5", "Limit": "100", "FillRate": "10", "Interval-Seconds": "5"}, 0.5, id="refill"),
        pytest.param({"NearLimit": "true"}, 2.0, id="near-and-nothing-more"),
        pytest.param({"NearLimit": "true", "Remaining": "3"}, 0.5, id="near-without-reset"),
        pytest.param({"NearLimit": "false", "Remaining": "many"}, 0.0, id="words"),
    ],
)
def test_what_is_left_is_made_to_last(headers: dict[str, str], seconds: float) -> None:
    assert spacing({f"X-RateLimit-{name}": value for name, value in headers.items()}) == seconds


def test_a_few_calls_are_spread_over_the_time_until_more_come() -> None:
    reset = (datetime.now(UTC) + timedelta(seconds=100)).isoformat()
    left = spacing({"X-RateLimit-Remaining": "99", "X-RateLimit-Limit": "1000", "X-RateLimit-Reset": reset})
    assert left == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("reason", REASONS)
def test_each_limit_of_either_jira_is_waited_for_and_the_write_happens_once(here: Connected, reason: str) -> None:
    budget = Clockwork()
    jira = here.open_as(here.droid, budget=budget, sleep=budget.sleep)
    here.running.trouble.answer(429, reason=reason, method="POST", retry_after=3)
    jira.comment("OPS-1", "At last.", marker="run-1")
    assert len(here.site.issues["OPS-1"].comments) == 1
    assert len(budget.until) == 1
    assert budget.now >= 3.0
