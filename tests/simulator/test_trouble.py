"""Faults of the REST API on request."""

import threading
import time

import pytest
import requests

from app.simulator.limits import endpoint
from app.simulator.trouble import REASONS
from tests.simulator.conftest import World


def test_answers_429_with_jiras_headers(either: World) -> None:
    for reason in REASONS:
        either.jira.trouble.answer(429, reason=reason, retry_after=7)
        answer = either.ask("GET", "myself")
        assert answer.status_code == 429
        assert (answer.headers["Retry-After"], answer.headers["RateLimit-Reason"]) == ("7", reason)
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert {"X-RateLimit-Limit", "X-RateLimit-Reset"} <= answer.headers.keys()
    assert either.ask("GET", "myself").status_code == 200


def test_answers_503_as_often_as_asked_where_asked(either: World) -> None:
    either.jira.trouble.answer(503, times=2, method="GET", path=r"/myself$", retry_after=1)
    assert either.ask("GET", "serverInfo").status_code == 200
    assert [either.ask("GET", "myself").status_code for _ in range(3)] == [503, 503, 200]


def test_forgets_faults_when_calmed(either: World) -> None:
    either.jira.trouble.answer(503, times=9)
    either.jira.trouble.calm()
    assert either.ask("GET", "myself").status_code == 200


@pytest.mark.parametrize("executed", [False, True])
def test_fails_before_or_after_doing_what_was_asked(either: World, executed: bool) -> None:
    key = either.jira.site.create_issue("OPS", "x", by=either.admin).key
    either.jira.trouble.answer(503, method="POST", executed=executed)
    assert either.ask("POST", f"issue/{key}/comment", json={"body": either.body("x")}).status_code == 503
    assert len(either.jira.site.issues[key].comments) == (1 if executed else 0)


def test_what_a_write_does_is_done_before_an_answer_that_lags(either: World) -> None:
    key = either.jira.site.create_issue("OPS", "x", by=either.admin).key
    either.jira.trouble.lag = 1.0
    body = {"body": either.body("x")}
    asking = threading.Thread(target=either.ask, args=("POST", f"issue/{key}/comment"), kwargs={"json": body})
    asking.start()
    while not either.jira.site.issues[key].comments and asking.is_alive():
        time.sleep(0.01)
    assert asking.is_alive()
    asking.join()
    assert len(either.jira.site.issues[key].comments) == 1


def test_keeps_the_real_limits_of_writes_to_an_issue(either: World) -> None:
    site = either.jira.site
    first, second = (site.create_issue("OPS", "x", by=either.admin) for _ in range(2))
    limits = either.jira.trouble.limits
    limits.issue_writes = True
    path = "issue/{}/properties/run"
    assert either.ask("PUT", path.format(first.key), json="first").status_code == 201
    for _ in range(19):
        limits.spend("PUT", "/rest/api/3/issue/OPS-1", issue=first.key, by_app=False)
    refused = either.ask("PUT", path.format(first.id), json="too much")
    assert (refused.status_code, refused.headers["RateLimit-Reason"]) == (429, "jira-per-issue-on-write")
    assert int(refused.headers["Retry-After"]) in (1, 2)
    assert first.properties == {"run": "first"}
    assert either.ask("PUT", path.format(second.key), json=1).status_code == 201
    assert either.ask("GET", f"issue/{first.key}").status_code == 200


def test_takes_its_time_on_request(either: World) -> None:
    either.jira.trouble.latency = 0.05
    answer = either.ask("GET", "myself")
    assert answer.elapsed.total_seconds() >= 0.05


def test_refuses_connections_on_request_and_comes_back_with_all_it_knew(either: World) -> None:
    key = either.jira.site.create_issue("OPS", "x", by=either.admin).key
    with requests.Session() as session:
        url = f"{either.jira.url}{either.jira.site.face.api}/serverInfo"
        assert session.get(url, timeout=5).status_code == 200
        with either.jira.refusing(), pytest.raises(requests.ConnectionError, match="refused"):
            session.get(url, timeout=5)
    assert either.ask("GET", f"issue/{key}").status_code == 200


def test_serves_while_another_request_waits(either: World) -> None:
    either.jira.trouble.latency = 1.0
    slow = threading.Thread(target=either.ask, args=("GET", "myself"))
    slow.start()
    time.sleep(0.1)
    either.jira.trouble.latency = 0.0
    assert either.ask("GET", "myself").status_code == 200
    assert slow.is_alive()
    slow.join()


def test_bursts_are_limited_by_method_and_endpoint(either: World) -> None:
    limits = either.jira.trouble.limits
    limits.bursts, limits.scale = {"GET": 10}, 60.0
    for number in range(10):
        answer = either.ask("GET", "myself")
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, str(9 - number))
        assert ("X-RateLimit-NearLimit" in answer.headers) is (number >= 8)
    refused = either.ask("GET", "myself")
    assert (refused.status_code, refused.headers["RateLimit-Reason"]) == (429, "jira-burst-based")
    assert 55 <= int(refused.headers["Retry-After"]) <= 60
    assert either.ask("GET", "serverInfo").status_code == 200


def test_limits_give_back_what_was_spent(either: World) -> None:
    limits = either.jira.trouble.limits
    limits.bursts, limits.scale = {"GET": 1}, 0.3
    assert either.ask("GET", "myself").status_code == 200
    refused = either.ask("GET", "myself")
    assert refused.status_code == 429
    time.sleep(float(refused.headers["Retry-After"]))
    assert either.ask("GET", "myself").status_code == 200


def test_only_apps_pay_points(cloud: World) -> None:
    cloud.jira.trouble.limits.quota = 5
    token = cloud.install(cloud.worker).token
    assert [cloud.ask("GET", "myself", by=token).status_code for _ in range(3)] == [200, 200, 429]
    refused = cloud.ask("GET", "myself", by=token)
    assert refused.headers["RateLimit-Reason"] == "jira-quota-global-based"
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["X-RateLimit-Limit"] == "5"
    assert cloud.ask("GET", "myself").status_code == 200


def test_fails_by_chance_the_same_way_for_the_same_seed(either: World) -> None:
    seen = []
    for _ in range(2):
        either.jira.trouble.calm()
        either.jira.trouble.chance.seed(7)
        either.jira.trouble.answer(503, times=1000, probability=0.3, path="/myself$")
        either.jira.trouble.answer(429, times=1000, probability=0.3, path="/myself$", retry_after=0)
        seen.append([either.ask("GET", "myself").status_code for _ in range(40)])
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 429, 503}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/rest/api/3/issue/OPS-1/comment/10004", "/rest/api/3/issue/*/comment/*"),
        ("/rest/api/3/issue/10001/properties/run", "/rest/api/3/issue/*/properties/*"),
        ("/rest/api/3/search/jql", "/rest/api/3/search/jql"),
        ("/rest/api/2/project/OPS", "/rest/api/2/project/*"),
    ],
)
def test_counts_an_endpoint_whatever_it_is_asked_about(path: str, kind: str) -> None:
    assert endpoint(path) == kind
