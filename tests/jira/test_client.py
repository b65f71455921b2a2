"""The client against servers that behave as networks, proxies and broken Jiras do."""

import logging
import pickle
import socket
import struct
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
import requests

from app.jira import ApiToken, PersonalAccessToken, RetryPolicy
from app.jira import answers as answers_module
from app.jira import client as client_module
from app.jira.client import JiraClient, segment
from app.jira.errors import (
    Conflict,
    Forbidden,
    Invalid,
    JiraBroken,
    JiraError,
    NotFound,
    NotJira,
    RateLimited,
    Redirected,
    Unauthenticated,
    Unreachable,
    Untrusted,
)

from .conftest import TOKEN, Answering

ISSUE = "/rest/api/3/issue/OPS-1"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.2)


def test_a_call_is_signed_and_asks_for_json(client: JiraClient, other: Answering) -> None:
    other.answer(200, {"key": "OPS-1"})
    assert client.send("GET", ISSUE, query={"expand": "a,b", "notifyUsers": False}) == {"key": "OPS-1"}
    (asked,) = other.asked
    assert asked.path == f"{ISSUE}?expand=a%2Cb&notifyUsers=false"
    assert asked.headers["Authorization"].startswith("Basic ")
    assert asked.headers["Accept"] == "application/json"
    assert "Content-Type" not in asked.headers


def test_a_body_goes_out_as_json(client: JiraClient, other: Answering) -> None:
    other.answer(204)
    assert client.send("PUT", ISSUE, body={"fields": {"summary": "ä"}}) is None
    assert other.asked[0].body == b'{"fields": {"summary": "\\u00e4"}}'
    assert other.asked[0].headers["Content-Type"] == "application/json"


def test_a_personal_access_token_goes_out_as_bearer(other: Answering, retries: RetryPolicy) -> None:
    other.answer(200, {})
    JiraClient(other.url, PersonalAccessToken("pat"), retries=retries).send("GET", "/rest/api/2/myself")
    assert other.asked[0].headers["Authorization"] == "Bearer pat"


def test_the_context_path_is_part_of_every_call(other: Answering, retries: RetryPolicy) -> None:
    other.answer(200, {})
    JiraClient(f"{other.url}/jira/", PersonalAccessToken("pat"), retries=retries).send("GET", "/rest/api/2/myself")
    assert other.asked[0].path == "/jira/rest/api/2/myself"


class Renewing(PersonalAccessToken):
    """Credentials that can be renewed, as access tokens can; `tokens` are what they sign with, one after the other."""

    def __init__(self, *tokens: str) -> None:
        super().__init__(tokens[0])
        self.rest = list(tokens[1:])

    def renew(self) -> bool:
        if self.rest:
            super().__init__(self.rest.pop(0))
            return True
        return False


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_is_sent_once_more_with_renewed_credentials(
    other: Answering, retries: RetryPolicy, naps: list[float], method: str
) -> None:
    other.answer(401, {})
    other.answer(200, {"id": "1"})
    assert JiraClient(other.url, Renewing("old", "new"), retries=retries).send(method, ISSUE) == {"id": "1"}
    assert [asked.headers["Authorization"] for asked in other.asked] == ["Bearer old", "Bearer new"]
    assert naps == []


def test_renewed_credentials_that_jira_refuses_too_are_not_renewed_again(
    other: Answering, retries: RetryPolicy
) -> None:
    other.answer(401, {})
    with pytest.raises(Unauthenticated):
        JiraClient(other.url, Renewing("old", "new", "newer"), retries=retries).send("GET", ISSUE)
    assert len(other.asked) == 2


def test_credentials_that_cannot_be_renewed_are_refused_at_once(other: Answering, retries: RetryPolicy) -> None:
    other.answer(401, {})
    with pytest.raises(Unauthenticated):
        JiraClient(other.url, Renewing("old"), retries=retries).send("GET", ISSUE)
    assert len(other.asked) == 1


def test_credentials_that_cannot_be_had_are_not_asked_for_twice(other: Answering, retries: RetryPolicy) -> None:
    class Dead(Renewing):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            raise Unauthenticated("The refresh token is dead.", "Reconnect.", sent=False)

    dead = Dead("old", "new")
    with pytest.raises(Unauthenticated, match="refresh token is dead"):
        JiraClient(other.url, dead, retries=retries).send("GET", ISSUE)
    assert (other.asked, dead.rest) == ([], ["new"])


def test_cookies_of_jira_are_not_kept(client: JiraClient, other: Answering) -> None:
    other.answer(200, {}, Set_Cookie="JSESSIONID=someone; Path=/")
    client.send("GET", ISSUE)
    client.send("GET", ISSUE)
    assert "Cookie" not in other.asked[1].headers


@pytest.mark.parametrize(
    ("status", "error", "cure"),
    [
        (400, Invalid, "Mend what Jira names"),
        (401, Unauthenticated, "Make a new API token"),
        (403, Forbidden, "Browse Projects"),
        (404, NotFound, "may see it"),
        (409, Conflict, "try again"),
        (413, Invalid, "Mend what Jira names"),
        (422, Invalid, "Mend what Jira names"),
        (429, RateLimited, "Too many calls"),
        (500, JiraBroken, "Try again later"),
        (503, JiraBroken, "Try again later"),
    ],
)
def test_each_refusal_names_its_cause_and_its_cure(
    client: JiraClient, other: Answering, status: int, error: type[JiraError], cure: str
) -> None:
    other.answer(status, {"errorMessages": ["No."], "errors": {"labels": "The label 'a b' contains spaces."}})
    with pytest.raises(error) as caught:
        client.send("GET", ISSUE)
    assert caught.value.status == status
    assert caught.value.message == (
        f"Jira answered {status} to GET {other.url}{ISSUE}: No. Field labels: The label 'a b' contains spaces."
    )
    assert caught.value.fields == {"labels": "The label 'a b' contains spaces."}
    assert cure in caught.value.cure


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", f"{ISSUE}/comment", "Add Comments"),
        ("PUT", f"{ISSUE}/comment/10001", "Edit Own Comments"),
        ("POST", f"{ISSUE}/transitions", "Transition Issues"),
        ("PUT", ISSUE, "Edit Issues"),
        ("PUT", f"{ISSUE}/properties/state", "Edit Issues"),
        ("POST", f"{ISSUE}/remotelink", "Link Issues"),
        ("POST", "/rest/webhooks/1.0/webhook", "Administer Jira"),
        ("DELETE", "/rest/jira-webhook/1.0/webhooks/5", "Administer Jira"),
    ],
)
def test_a_forbidden_write_names_the_permission_it_needs(
    client: JiraClient, other: Answering, method: str, path: str, permission: str
) -> None:
    other.answer(403, {"errorMessages": []})
    with pytest.raises(Forbidden, match=permission):
        client.send(method, path, body={})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param({"code": 401, "message": "scope does not match"}, ": scope does not match", id="gateway"),
        pytest.param({"error": "Unauthorized"}, ": Unauthorized", id="plugin"),
        pytest.param(["odd"], ".", id="list"),
        pytest.param({"errorMessages": "odd", "errors": 3}, "", id="odd-types"),
        pytest.param(b"plain\x1b[31m words\n", ": plain [31m words", id="plain-text"),
        pytest.param(b"", "", id="empty"),
        pytest.param({"errorMessages": ["x" * 5000]}, "x…", id="endless"),
    ],
)
def test_odd_error_bodies_are_read_as_far_as_they_go(
    client: JiraClient, other: Answering, body: object, told: str
) -> None:
    other.answer(400, body)
    with pytest.raises(Invalid) as caught:
        client.send("GET", ISSUE)
    assert caught.value.message.endswith(told)
    assert len(caught.value.message) < 600


def test_a_login_that_jira_passed_over_is_not_mistaken_for_a_missing_issue(
    client: JiraClient, other: Answering
) -> None:
    """With a wrong token Jira may go on anonymously and answer 404; a header gives it away."""
    other.answer(404, {"errorMessages": ["Issue does not exist."]}, X_Seraph_LoginReason="AUTHENTICATED_FAILED")
    with pytest.raises(Unauthenticated, match="Make a new API token"):
        client.send("GET", ISSUE)


def test_a_captcha_is_named(client: JiraClient, other: Answering) -> None:
    other.page(403, "Forbidden", X_Authentication_Denied_Reason="CAPTCHA_CHALLENGE; login-url=x")
    with pytest.raises(Forbidden, match="solve the CAPTCHA"):
        client.send("GET", ISSUE)


def test_a_web_page_instead_of_json_is_no_jira(client: JiraClient, other: Answering) -> None:
    other.page(200, "Sign in &amp; go\n on")
    with pytest.raises(NotJira, match=r"a web page titled 'Sign in & go on' instead of JSON\. Check that the base URL"):
        client.send("GET", ISSUE)


def test_a_web_page_saying_404_is_no_missing_issue(client: JiraClient, other: Answering) -> None:
    other.page(404, "nginx")
    with pytest.raises(NotFound, match=r"a web page titled 'nginx'.*context path"):
        client.send("GET", ISSUE)


def test_json_that_is_none_is_jira_broken(client: JiraClient, other: Answering) -> None:
    other.answer(200, b"{half")
    with pytest.raises(JiraBroken, match="is no JSON"):
        client.send("GET", ISSUE)


def test_a_redirect_to_another_host_is_refused(client: JiraClient, other: Answering) -> None:
    other.answer(302, Location="https://someone:pw@evil.example/rest/api/3/myself?token=abc")
    with pytest.raises(Redirected) as caught:
        client.send("GET", ISSUE)
    assert "was redirected to https://evil.example/rest/api/3/myself." in caught.value.message
    assert "base URL must be its final one" in caught.value.cure
    assert not caught.value.sent
    assert len(other.asked) == 1


@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.1:1/rest/x", "https://{host}/rest/x", "/elsewhere/rest/x", "//evil.example/jira/rest/x", ""],
    ids=["port", "scheme", "context", "host", "nowhere"],
)
def test_a_redirect_out_of_the_base_url_is_refused(other: Answering, retries: RetryPolicy, place: str) -> None:
    other.answer(301, Location=place.format(host=f"127.0.0.1:{other.port}"))
    with pytest.raises(Redirected):
        JiraClient(f"{other.url}/jira", PersonalAccessToken("pat"), retries=retries).send("GET", "/rest/api/2/myself")
    assert len(other.asked) == 1


def test_a_redirect_below_the_base_url_is_followed_by_reads(client: JiraClient, other: Answering) -> None:
    other.answer(301, Location=f"{ISSUE}2?x=1#top")
    other.answer(200, {"id": "1"})
    assert client.send("GET", ISSUE, query={"y": 2}) == {"id": "1"}
    assert other.asked[1].path == f"{ISSUE}2?x=1"


def test_endless_redirects_end(client: JiraClient, other: Answering) -> None:
    other.answer(302, Location=ISSUE)
    with pytest.raises(Redirected):
        client.send("GET", ISSUE)
    assert len(other.asked) == 1 + client_module.MOST_REDIRECTS


def test_writes_follow_no_redirect(client: JiraClient, other: Answering) -> None:
    other.answer(307, Location=ISSUE)
    with pytest.raises(Redirected):
        client.send("POST", f"{ISSUE}/comment", body={})
    assert len(other.asked) == 1


def test_reads_are_repeated_four_times_with_growing_waits(
    client: JiraClient, other: Answering, naps: list[float]
) -> None:
    other.answer(503, {"errorMessages": ["Down."]})
    with pytest.raises(JiraBroken):
        client.send("GET", ISSUE)
    assert len(other.asked) == 5
    assert [low <= nap <= low + 1.5 for low, nap in zip([0.5, 1, 2, 4], naps, strict=True)] == [True] * 4


def test_a_read_that_works_the_second_time_works(client: JiraClient, other: Answering) -> None:
    other.answer(502, b"<html>")
    other.answer(200, {"id": "1"})
    assert client.send("GET", ISSUE) == {"id": "1"}


def test_reads_are_not_repeated_where_that_is_pointless(client: JiraClient, other: Answering) -> None:
    other.answer(404, {})
    with pytest.raises(NotFound):
        client.send("GET", ISSUE)
    assert len(other.asked) == 1


def test_a_post_that_only_reads_is_repeated_too(client: JiraClient, other: Answering) -> None:
    other.answer(500, {})
    other.answer(200, {"values": []})
    assert client.send("POST", "/rest/api/3/comment/list", body={"ids": [1]}, safe=True) == {"values": []}


def test_never_sooner_than_jira_asks(client: JiraClient, other: Answering, naps: list[float]) -> None:
    other.answer(503, {}, Retry_After="17")
    other.answer(200, {})
    client.send("GET", ISSUE)
    assert naps == [17.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "0.25"}, 0.25),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"X_RateLimit_Reset": "2015-10-21T07:28Z"}, 0.0),
        ({"X_RateLimit_Reset": "2015-10-21T07:28"}, 0.0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-3"}, None),
        ({}, None),
    ],
    ids=["seconds", "fraction", "date", "reset", "reset-without-zone", "words", "negative", "nothing"],
)
def test_the_wait_is_read_from_whatever_header_tells_it(
    other: Answering, headers: dict[str, str], seconds: float | None
) -> None:
    other.answer(429, {}, **headers)
    client = JiraClient(other.url, PersonalAccessToken("pat"), retries=RetryPolicy(most=0))
    with pytest.raises(RateLimited) as caught:
        client.send("GET", ISSUE)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ("jira-per-issue-on-write", "this one issue"),
        ("jira-burst-based", "calls of this kind within a second"),
        ("jira-quota-tenant-based", "hourly quota of this site"),
        ("jira-quota-global-based", "hourly quota of this app"),
        ("", "Too many calls"),
    ],
)
def test_each_kind_of_rate_limit_is_told_apart(
    client: JiraClient, other: Answering, naps: list[float], reason: str, cure: str
) -> None:
    """A longer wait than a thread should sleep goes to the caller at once."""
    other.answer(429, {"errorMessages": []}, RateLimit_Reason=reason, Retry_After="1800")
    with pytest.raises(RateLimited, match=cure) as caught:
        client.send("GET", ISSUE)
    assert (caught.value.reason, caught.value.retry_after, caught.value.sent) == (reason, 1800.0, False)
    assert naps == []


def test_a_write_is_repeated_after_429(client: JiraClient, other: Answering, naps: list[float]) -> None:
    other.answer(429, {}, Retry_After="3")
    other.answer(201, {"id": "1"})
    assert client.send("POST", f"{ISSUE}/comment", body={"body": "x"}) == {"id": "1"}
    assert len(naps) == 1
    assert naps[0] >= 3.0


@pytest.mark.parametrize("status", [409, 500, 503])
def test_a_write_is_not_repeated_after_any_other_failure(client: JiraClient, other: Answering, status: int) -> None:
    other.answer(status, {}, Retry_After="1")
    with pytest.raises(JiraError) as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert len(other.asked) == 1
    assert caught.value.sent is (status >= 500)


def test_nobody_listens(retries: RetryPolicy, naps: list[float]) -> None:
    """Even a write is repeated, as it surely did not arrive."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = JiraClient(f"http://127.0.0.1:{port}", PersonalAccessToken("pat"), retries=retries)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port} accepts no connection, so POST .* was not sent") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert "firewall and proxy" in caught.value.cure
    assert not caught.value.sent
    assert len(naps) == 4


def test_a_name_that_dns_does_not_know(retries: RetryPolicy) -> None:
    client = JiraClient("http://jira.invalid", PersonalAccessToken("pat"), retries=retries)
    with pytest.raises(Unreachable, match=r"The name of jira.invalid is not known.*DNS") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert not caught.value.sent


def test_tls_to_a_plain_port(other: Answering, retries: RetryPolicy, naps: list[float]) -> None:
    other.instead = lambda handler: None
    client = JiraClient(f"https://127.0.0.1:{other.port}", PersonalAccessToken("pat"), retries=retries)
    with pytest.raises(Untrusted, match=r"No TLS with 127.0.0.1:\d+ .*scheme and port are right") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert not caught.value.sent
    assert naps == []


@pytest.mark.usefixtures("hasty")
def test_a_write_that_got_no_answer_may_have_been_executed(
    silent: int, retries: RetryPolicy, naps: list[float]
) -> None:
    client = JiraClient(f"http://127.0.0.1:{silent}", PersonalAccessToken("pat"), retries=retries)
    with pytest.raises(Unreachable, match=r"did not answer POST .* in time") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert caught.value.sent
    assert naps == []


@pytest.mark.usefixtures("hasty")
def test_a_read_that_got_no_answer_is_repeated(silent: int, naps: list[float], retries: RetryPolicy) -> None:
    client = JiraClient(f"http://127.0.0.1:{silent}", PersonalAccessToken("pat"), retries=retries)
    with pytest.raises(Unreachable):
        client.send("GET", ISSUE)
    assert len(naps) == 4


def test_a_connection_that_breaks_off_may_have_been_executed(client: JiraClient, other: Answering) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    other.instead = hang_up
    with pytest.raises(Unreachable, match=r"The connection to 127.0.0.1:.* broke during POST") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    assert caught.value.sent
    assert len(other.asked) == 1


@pytest.mark.usefixtures("hasty")
def test_a_body_that_stops_halfway_may_have_been_executed(client: JiraClient, other: Answering) -> None:
    stop = threading.Event()

    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
        stop.wait(5)

    other.instead = half
    with pytest.raises(Unreachable, match="in time") as caught:
        client.send("POST", f"{ISSUE}/comment", body={})
    stop.set()
    assert caught.value.sent


def test_an_endless_body_is_cut_off(
    client: JiraClient, other: Answering, monkeypatch: pytest.MonkeyPatch, naps: list[float]
) -> None:
    monkeypatch.setattr(answers_module, "MOST_BYTES", 1000)
    other.answer(200, b" " * 2000)
    with pytest.raises(JiraBroken, match="went over 1000 bytes"):
        client.send("GET", ISSUE)
    assert len(naps) == 4


def test_a_dripping_body_is_cut_off(client: JiraClient, other: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "MOST_SECONDS", -1.0)
    other.answer(200, {"id": "1"})
    with pytest.raises(JiraBroken, match=r"went over .* seconds"):
        client.send("POST", ISSUE, body={})


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "acme.atlassian.net",
        "ftp://acme.example",
        "https://",
        "https://droid:hunter2@acme.example",
        "https://acme.example/?x=1",
        "https://acme.example/#x",
        "https://acme.example:port",
        "https://*.example",
    ],
)
def test_only_plain_addresses_are_base_urls(wrong: str) -> None:
    with pytest.raises(Invalid, match="without user, query or fragment") as caught:
        JiraClient(wrong, PersonalAccessToken("pat"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["", ".", "..", "a\nb"])
def test_nothing_that_climbs_out_becomes_part_of_an_address(wrong: str) -> None:
    with pytest.raises(Invalid, match="cannot stand in an address"):
        segment(wrong)


def test_slashes_in_keys_are_quoted() -> None:
    assert segment("../myself?x=é") == "..%2Fmyself%3Fx%3D%C3%A9"


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "tök"])
def test_a_token_that_no_header_can_carry_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(Invalid, match="in one piece") as caught:
        ApiToken("droid@example.com", token)
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 500])
def test_no_error_shows_the_credentials_even_if_the_server_quotes_them(
    client: JiraClient, other: Answering, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    request = requests.Request("GET", other.url, auth=ApiToken("droid@example.com", TOKEN)).prepare()
    header = request.headers["Authorization"]
    secret = header.removeprefix("Basic ")
    other.answer(status, {"errorMessages": [f"You sent {header}"]} if status >= 400 else f"{header}".encode())
    with caplog.at_level(logging.DEBUG), pytest.raises(JiraError) as caught:
        client.send("POST", ISSUE, body={})
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + caplog.text + repr(client)
    assert secret not in shown
    assert TOKEN not in shown


def test_no_unreachable_error_drags_the_signed_request_along(retries: RetryPolicy) -> None:
    client = JiraClient("http://127.0.0.1:1", PersonalAccessToken(TOKEN), retries=retries)
    with pytest.raises(Unreachable) as caught:
        client.send("GET", ISSUE)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_no_repr_shows_a_token() -> None:
    assert repr(ApiToken("droid@example.com", TOKEN)) == "ApiToken('droid@example.com', ...)"
    assert repr(PersonalAccessToken(TOKEN)) == "PersonalAccessToken(...)"


def test_errors_survive_pickling_with_all_they_carry(client: JiraClient, other: Answering) -> None:
    """The engine records failures that way."""
    other.answer(429, {"errors": {"x": "y"}}, Retry_After="90", RateLimit_Reason="jira-burst-based")
    with pytest.raises(RateLimited) as caught:
        client.send("GET", ISSUE)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is RateLimited
    assert (str(copy), vars(copy)) == (str(caught.value), vars(caught.value))
    assert (copy.reason, copy.retry_after) == ("jira-burst-based", 90.0)
