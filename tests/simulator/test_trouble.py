"""Faults of the REST API on request."""

import threading
import time

import pytest
import requests

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
    either.jira.trouble.issue_write_limits = True
    path = "issue/{}/properties/run"
    assert either.ask("PUT", path.format(first.key), json="first").status_code == 201
    for _ in range(19):
        either.jira.trouble.write(first.key)
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
