"""What is asked of Atlassian's authorization server, as it is on the wire, and what its answers mean."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.connecting.oauth import SCOPES, AuthorizationServer, Grant, GrantDead, application, sites
from app.jira.errors import Unauthenticated, Unreachable
from app.settings import Settings, SettingsError, load

GIVEN = {"access_token": "a", "expires_in": 3600, "refresh_token": "r2", "scope": "read:jira-work", "token_type": "x"}


class Answering:
    """An authorization server that says what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.answer, self.headers = 200, json.dumps(GIVEN), {}  # type: tuple[int, str, dict[str, str]]
        self.asked: list[tuple[str, str, Any]] = []
        self.url = ""

    def says(self, status: int, answer: Any, **headers: str) -> None:
        self.status, self.headers = status, headers
        self.answer = answer if isinstance(answer, str) else json.dumps(answer)


@pytest.fixture
def server() -> Iterator[Answering]:
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            answering.asked.append((self.path, self.headers["Content-Type"] or self.headers["Authorization"], body))
            self.send_response(answering.status)
            for name, value in answering.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(answering.answer.encode())

        do_GET = do_POST = serve  # noqa: N815 - the names http.server looks for

        def log_message(self, *args: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    answering.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield answering
    http.shutdown()
    thread.join()
    http.server_close()


def settings_of(url: str) -> Settings:
    given = {"PUBLIC_URL": "https://reactor.example.com/", "OAUTH_CLIENT_ID": "id", "OAUTH_CLIENT_SECRET": "hush"}
    hosts = {"ATLASSIAN_AUTH_URL": url, "ATLASSIAN_API_URL": url}
    return load({f"JIRA_REACTOR_{name}": value for name, value in (given | hosts).items()})


@pytest.fixture
def atlassian(server: Answering) -> AuthorizationServer:
    return application(settings_of(server.url))


def test_a_browser_is_sent_with_everything_atlassian_documents() -> None:
    url = urlsplit(application(settings_of("https://auth.atlassian.com")).consent_url("the-state"))
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.atlassian.com/authorize"
    assert parse_qs(url.query) == {
        "audience": ["api.atlassian.com"],
        "client_id": ["id"],
        "scope": [" ".join(SCOPES)],
        "redirect_uri": ["https://reactor.example.com/oauth/callback"],
        "state": ["the-state"],
        "response_type": ["code"],
        "prompt": ["consent"],
    }


def test_each_grant_is_asked_for_in_json(server: Answering, atlassian: AuthorizationServer) -> None:
    client = {"client_id": "id", "client_secret": "hush"}
    back = "https://reactor.example.com/oauth/callback"
    grants = [atlassian.exchange("the code&"), atlassian.refresh("r1"), atlassian.client_credentials()]
    assert server.asked == [
        ("/oauth/token", "application/json", client | wanted)
        for wanted in (
            {"grant_type": "authorization_code", "code": "the code&", "redirect_uri": back},
            {"grant_type": "refresh_token", "refresh_token": "r1"},
            {"grant_type": "client_credentials"},
        )
    ]
    assert {(grant.access_token, grant.refresh_token, grant.scopes) for grant in grants} == {
        ("a", "r2", ("read:jira-work",))
    }


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param(403, "unauthorized_client", id="as Atlassian says of a dead refresh token"),
        pytest.param(400, "invalid_grant", id="as the standard says"),
        pytest.param(401, "invalid_grant", id="whatever the status"),
    ],
)
def test_a_dead_grant_is_told_with_atlassians_reason(
    server: Answering, atlassian: AuthorizationServer, status: int, error: str
) -> None:
    server.says(status, {"error": error, "error_description": "It is\x1b[31m used."})
    with pytest.raises(GrantDead) as caught:
        atlassian.refresh("the-refresh-token")
    assert caught.value.message == f"Atlassian refuses to give tokens ({error}: It is[31m used.)."
    assert not caught.value.transient


@pytest.mark.parametrize("error", ["invalid_client", "access_denied"])
def test_a_wrong_client_is_not_a_dead_grant(server: Answering, atlassian: AuthorizationServer, error: str) -> None:
    server.says(401, {"error": error})
    with pytest.raises(Unauthenticated, match="does not accept the OAuth client") as caught:
        atlassian.refresh("r")
    assert not isinstance(caught.value, GrantDead)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        pytest.param(429, {"error": "too_many_requests"}, id="too many"),
        pytest.param(500, {"error": "invalid_grant"}, id="broken, whatever else it says"),
        pytest.param(502, "<html>", id="a gateway"),
        pytest.param(403, "<html>blocked", id="a firewall"),
        pytest.param(200, "<html>", id="a page"),
        pytest.param(200, {}, id="nothing"),
        pytest.param(200, {"access_token": "a"}, id="no end"),
        pytest.param(307, "", id="a redirect"),
    ],
)
def test_what_says_nothing_of_the_grant_can_be_tried_again(
    server: Answering, atlassian: AuthorizationServer, status: int, answer: Any
) -> None:
    server.says(status, answer, Retry_After="7", Location=f"{server.url}/elsewhere")
    with pytest.raises(Unreachable) as caught:
        atlassian.refresh("the-refresh-token")
    assert caught.value.transient
    assert not caught.value.sent
    assert [path for path, _, _ in server.asked] == ["/oauth/token"]
    assert "the-refresh-token" not in repr(caught.value)
    assert caught.value.__context__ is None


def test_a_grant_does_not_show_its_tokens() -> None:
    shown = repr(Grant("the-access-token", "the-refresh-token", 1))
    assert "token'" not in shown
    assert "the-" not in shown


@pytest.mark.parametrize("name", ["public_url", "oauth_client_id", "oauth_client_secret"])
def test_a_setting_that_oauth_needs_is_asked_for_with_where_to_get_it(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        application(replace(settings_of("http://127.0.0.1:1"), **{name: ""}))
    assert f"JIRA_REACTOR_{name.upper()} is not set" in caught.value.message
    assert "developer.atlassian.com/console" in caught.value.cure
    assert "/oauth/callback" in caught.value.cure


def test_sites_are_read_without_those_that_lack_something(server: Answering) -> None:
    server.says(
        200, [{"id": "c1", "url": "https://a.example.com/", "name": "A"}, {"id": "c2"}, "?", {"id": 3, "url": "b"}]
    )
    found = sites(settings_of(server.url), "the-token")
    assert server.asked == [("/oauth/token/accessible-resources", "Bearer the-token", None)]
    assert [(site.cloud_id, site.url, site.name) for site in found] == [
        ("c1", "https://a.example.com", "A"),
        ("3", "b", "b"),
    ]
