"""Atlassian's own services beside the sites: consent, tokens, the gateway, scopes."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.simulator import start
from app.simulator.people import App, Person
from tests.simulator.conftest import World

BACK = "http://127.0.0.1:1/oauth/callback"
SCOPES = "read:jira-work write:jira-work read:jira-user manage:jira-webhook offline_access"


@pytest.fixture
def reactor(cloud: World) -> App:
    return cloud.jira.atlassian.register("Reactor", redirect_uri=BACK)


@pytest.fixture
def service(cloud: World) -> Person:
    return cloud.jira.site.add_service_account("Factory Droid")


@pytest.fixture
def second(cloud: World) -> Iterator[World]:
    """Another site of the same Atlassian, where the same worker has an account."""
    with start("cloud", beside=cloud.jira, name="second") as jira:
        jira.site.admit(cloud.worker)
        yield World(jira, cloud.admin, cloud.worker)


def asked(reactor: App, **changed: str) -> dict[str, str]:
    query = {"audience": "api.atlassian.com", "client_id": reactor.client_id, "scope": SCOPES, "redirect_uri": BACK}
    return {**query, "state": "s&1", "response_type": "code", "prompt": "consent", **changed}


def decide(cloud: World, reactor: App, decision: str, *, site: str = "", **changed: str) -> dict[str, str]:
    """Answer on the consent page as a browser would, and read what the app is told."""
    address = f"{cloud.jira.url}/authorize"
    sent = {"decision": decision, "site": site or cloud.jira.site.cloud_id}
    answer = requests.post(address, params=asked(reactor, **changed), data=sent, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{BACK}?")
    return {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def fetch(cloud: World, reactor: App, **sent: str) -> requests.Response:
    credentials = {"client_id": reactor.client_id, "client_secret": reactor.client_secret}
    return requests.post(f"{cloud.jira.url}/oauth/token", json={**credentials, **sent}, timeout=10)


def exchange(cloud: World, reactor: App, code: str, **sent: str) -> requests.Response:
    return fetch(cloud, reactor, **{"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **sent})


def refresh(cloud: World, reactor: App, token: str) -> requests.Response:
    return fetch(cloud, reactor, grant_type="refresh_token", refresh_token=token)


def at_gateway(
    cloud: World, path: str, *, headers: Any = None, auth: Any = None, method: str = "GET"
) -> requests.Response:
    url = f"{cloud.jira.url}/ex/jira/{cloud.jira.site.cloud_id}/rest/api/3/{path}"
    return requests.request(method, url, auth=auth, timeout=10)


def resources(cloud: World, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{cloud.jira.url}/oauth/token/accessible-resources", headers=headers, timeout=10)


def test_asks_the_one_who_is_signed_in(cloud: World, reactor: App) -> None:
    page = f"{cloud.jira.url}/authorize"
    assert "Nobody is signed in" in requests.get(page, params=asked(reactor), timeout=10).text
    cloud.jira.site.signed_in = cloud.admin
    with requests.Session() as browser:
        shown = browser.get(page, params=asked(reactor), timeout=10).text
        assert "Ada Admin" in re.search(r'id="person">([^<]*)<', shown)[1]
        assert "manage:jira-webhook" in shown
        browser.get(page, params=asked(reactor, **{"as": "will@example.com"}), timeout=10)
        shown = browser.get(page, params=asked(reactor), timeout=10).text
        assert "Will Worker" in re.search(r'id="person">([^<]*)<', shown)[1]


def test_leads_from_consent_to_a_call_in_the_persons_name(cloud: World, reactor: App) -> None:
    told = decide(cloud, reactor, "approve", **{"as": "Will Worker"})
    assert told["state"] == "s&1"
    tokens = exchange(cloud, reactor, told["code"]).json()
    assert (tokens["expires_in"], tokens["token_type"]) == (3600, "Bearer")
    assert set(tokens["scope"].split()) == set(SCOPES.split())
    (site,) = resources(cloud, tokens["access_token"]).json()
    assert (site["id"], site["url"]) == (cloud.jira.site.cloud_id, cloud.jira.url)
    assert "write:jira-work" in site["scopes"]
    me = cloud.ask("GET", "myself", by=tokens["access_token"]).json()
    assert me["accountId"] == cloud.worker.id
    assert me["self"].startswith(f"{cloud.jira.url}/ex/jira/{cloud.jira.site.cloud_id}/rest/api/3/")


def test_tells_the_app_that_the_person_declined(cloud: World, reactor: App) -> None:
    told = decide(cloud, reactor, "deny", **{"as": "Will Worker"})
    assert (told["error"], told["state"]) == ("access_denied", "s&1")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"redirect_uri": f"{BACK}/"}, id="redirect_uri that is not exactly the registered one"),
        pytest.param({"client_id": "nobody"}, id="unknown client_id"),
        pytest.param({"response_type": "token"}, id="another flow"),
        pytest.param({"audience": "example.com"}, id="another audience"),
        pytest.param({"scope": "manage:jira-configuration"}, id="scope the app is not registered for"),
    ],
)
def test_sends_the_browser_nowhere_for_a_wrong_request(cloud: World, reactor: App, changed: dict[str, str]) -> None:
    page = f"{cloud.jira.url}/authorize"
    answer = requests.get(page, params=asked(reactor, **changed), allow_redirects=False, timeout=10)
    assert answer.status_code == 400


def test_a_code_is_good_once_and_for_its_redirect_uri(cloud: World, reactor: App) -> None:
    cloud.jira.site.signed_in = cloud.worker
    code = decide(cloud, reactor, "approve")["code"]
    assert exchange(cloud, reactor, code, redirect_uri="http://elsewhere").status_code == 403
    assert exchange(cloud, reactor, code).json()["error"] == "invalid_grant"
    code = decide(cloud, reactor, "approve")["code"]
    assert exchange(cloud, reactor, code).status_code == 200
    assert exchange(cloud, reactor, code).status_code == 403
    late = decide(cloud, reactor, "approve")["code"]
    cloud.jira.site.clock.forward(minutes=6)
    assert exchange(cloud, reactor, late).status_code == 403


def test_the_token_endpoint_takes_forms_and_basic_credentials_too(cloud: World, reactor: App) -> None:
    cloud.jira.site.signed_in = cloud.worker
    sent = {"grant_type": "authorization_code", "code": decide(cloud, reactor, "approve")["code"], "redirect_uri": BACK}
    auth = (reactor.client_id, reactor.client_secret)
    assert requests.post(f"{cloud.jira.url}/oauth/token", data=sent, auth=auth, timeout=10).status_code == 200


def test_the_token_endpoint_refuses_strangers_and_other_ways(cloud: World, reactor: App) -> None:
    assert fetch(cloud, reactor, client_secret="guessed", grant_type="refresh_token").status_code == 401
    assert fetch(cloud, reactor, grant_type="password").json()["error"] == "unsupported_grant_type"
    assert fetch(cloud, reactor, grant_type="client_credentials").status_code == 400


def test_gives_no_refresh_token_unless_asked_for_offline_access(cloud: World, reactor: App) -> None:
    code = decide(cloud, reactor, "approve", scope="read:jira-user", **{"as": "Will Worker"})["code"]
    assert "refresh_token" not in exchange(cloud, reactor, code).json()


def test_access_tokens_run_out_after_an_hour_or_on_request(cloud: World, reactor: App) -> None:
    tokens = cloud.jira.atlassian.connect(reactor, cloud.worker)
    cloud.jira.site.clock.forward(minutes=59)
    assert cloud.ask("GET", "myself", by=tokens.access).status_code == 200
    cloud.jira.site.clock.forward(minutes=1)
    answer = cloud.ask("GET", "myself", by=tokens.access)
    assert (answer.status_code, answer.json()) == (401, {"code": 401, "message": "Unauthorized"})
    fresh = refresh(cloud, reactor, tokens.refresh).json()["access_token"]
    assert cloud.ask("GET", "myself", by=fresh).status_code == 200
    cloud.jira.atlassian.issuer.expire_access()
    assert cloud.ask("GET", "myself", by=fresh).status_code == 401
    assert resources(cloud, fresh).status_code == 401


def test_refresh_tokens_rotate(cloud: World, reactor: App) -> None:
    first = cloud.jira.atlassian.connect(reactor, cloud.worker).refresh
    second = refresh(cloud, reactor, first).json()["refresh_token"]
    third = refresh(cloud, reactor, second).json()["refresh_token"]
    assert len({first, second, third}) == 3


def test_an_old_refresh_token_works_once_more_while_its_answer_may_have_been_lost(cloud: World, reactor: App) -> None:
    first = cloud.jira.atlassian.connect(reactor, cloud.worker).refresh
    assert refresh(cloud, reactor, first).status_code == 200
    cloud.jira.site.clock.forward(minutes=9)
    again = refresh(cloud, reactor, first)
    assert again.status_code == 200
    assert refresh(cloud, reactor, first).status_code == 403
    assert refresh(cloud, reactor, again.json()["refresh_token"]).status_code == 403


def test_an_old_refresh_token_ends_the_whole_family_later(cloud: World, reactor: App) -> None:
    first = cloud.jira.atlassian.connect(reactor, cloud.worker).refresh
    second = refresh(cloud, reactor, first).json()["refresh_token"]
    cloud.jira.site.clock.forward(minutes=11)
    refused = refresh(cloud, reactor, first)
    assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized_client")
    assert refresh(cloud, reactor, second).status_code == 403


def test_a_refresh_token_nobody_uses_runs_out_after_90_days(cloud: World, reactor: App) -> None:
    first = cloud.jira.atlassian.connect(reactor, cloud.worker).refresh
    cloud.jira.site.clock.forward(days=89)
    second = refresh(cloud, reactor, first).json()["refresh_token"]
    cloud.jira.site.clock.forward(days=91)
    assert refresh(cloud, reactor, second).status_code == 403


def test_a_person_can_take_the_consent_back(cloud: World, reactor: App) -> None:
    tokens = cloud.jira.atlassian.connect(reactor, cloud.worker)
    cloud.jira.atlassian.revoke(reactor, cloud.worker)
    assert cloud.ask("GET", "myself", by=tokens.access).status_code == 401
    assert refresh(cloud, reactor, tokens.refresh).status_code == 403
    assert resources(cloud, "never given").status_code == 401


def test_a_lost_answer_of_the_token_endpoint_has_rotated_all_the_same(cloud: World, reactor: App) -> None:
    first = cloud.jira.atlassian.connect(reactor, cloud.worker).refresh
    cloud.jira.trouble.answer(503, path="/oauth/token", executed=True)
    assert refresh(cloud, reactor, first).status_code == 503
    cloud.jira.site.clock.forward(minutes=11)
    assert refresh(cloud, reactor, first).status_code == 403


def test_client_credentials_act_as_the_service_account(cloud: World, service: Person) -> None:
    droid = cloud.jira.atlassian.register("droid", service=service, scopes=["read:jira-user"])
    tokens = fetch(cloud, droid, grant_type="client_credentials").json()
    assert "refresh_token" not in tokens
    me = cloud.ask("GET", "myself", by=tokens["access_token"]).json()
    assert (me["accountId"], me["accountType"]) == (service.id, "atlassian")
    assert me["emailAddress"].endswith("@serviceaccount.atlassian.com")
    page = requests.get(f"{cloud.jira.url}/authorize", params=asked(droid, scope="read:jira-user"), timeout=10)
    assert page.status_code == 400


def test_scoped_tokens_work_at_the_gateway_alone_and_unscoped_ones_at_the_site_alone(
    cloud: World, service: Person
) -> None:
    token = cloud.jira.atlassian.scoped_token(service)
    assert at_gateway(cloud, "myself", auth=(service.email, token)).json()["accountId"] == service.id
    at_site = f"{cloud.jira.url}/rest/api/3/myself"
    assert requests.get(at_site, auth=(service.email, token), timeout=10).status_code == 401
    assert requests.get(at_site, auth=(service.email, service.token), timeout=10).status_code == 401
    worker = cloud.worker
    assert requests.get(at_site, auth=(worker.email, worker.token), timeout=10).status_code == 200
    assert at_gateway(cloud, "myself", auth=(worker.email, worker.token)).status_code == 401
    assert at_gateway(cloud, "myself", auth=(worker.email, token)).status_code == 401


def test_bearer_tokens_do_not_work_at_the_site(cloud: World) -> None:
    headers = {"Authorization": f"Bearer {cloud.install(cloud.worker).token}"}
    assert requests.get(f"{cloud.jira.url}/rest/api/3/myself", headers=headers, timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        pytest.param("read:jira-work", "GET", "myself", 401, id="reads no accounts"),
        pytest.param("read:jira-user", "GET", "project", 401, id="reads no projects"),
        pytest.param("read:jira-work", "DELETE", "issue/OPS-1", 401, id="writes nothing"),
        pytest.param("manage:jira-webhook", "GET", "webhook", 401, id="webhooks need both"),
        pytest.param("read:jira-work", "GET", "project", 200, id="reads projects"),
        pytest.param("read:jira-work", "GET", "serverInfo", 200, id="server needs none"),
        pytest.param("write:jira-work", "DELETE", "issue/OPS-1", 404, id="lets a writer through"),
    ],
)
def test_holds_calls_to_their_scopes(
    cloud: World, service: Person, scopes: str, method: str, path: str, status: int
) -> None:
    token = cloud.jira.atlassian.scoped_token(service, scopes.split())
    answer = at_gateway(cloud, path, auth=(service.email, token), method=method)
    assert answer.status_code == status
    if status == 401:
        assert answer.json() == {"code": 401, "message": "Unauthorized; scope does not match"}


def test_no_scope_reaches_the_webhooks_of_administrators(cloud: World, reactor: App) -> None:
    token = cloud.jira.atlassian.connect(reactor, cloud.admin).access
    answer = cloud.ask("GET", "/rest/webhooks/1.0/webhook", by=token)
    assert answer.json() == {"code": 401, "message": "Unauthorized; scope does not match"}


def test_lets_nobody_through_the_gateway_without_credentials(cloud: World) -> None:
    assert at_gateway(cloud, "serverInfo").status_code == 401
    assert resources(cloud, "").status_code == 401
    assert requests.get(f"{cloud.jira.url}/oauth/token/accessible-resources", timeout=10).status_code == 401


def test_consenting_again_adds_a_site_to_what_the_app_reaches(cloud: World, second: World, reactor: App) -> None:
    cloud.jira.site.signed_in = cloud.worker
    page = requests.get(f"{cloud.jira.url}/authorize", params=asked(reactor), timeout=10).text
    assert page.count('type="radio"') == 2
    access = exchange(cloud, reactor, decide(cloud, reactor, "approve")["code"]).json()["access_token"]
    other = f"{cloud.jira.url}/ex/jira/{second.jira.site.cloud_id}/rest/api/3/myself"
    headers = {"Authorization": f"Bearer {access}"}
    refused = requests.get(other, headers=headers, timeout=10)
    assert (refused.status_code, refused.json()["message"]) == (403, "The app is not installed on this instance")
    decide(cloud, reactor, "approve", site=second.jira.site.cloud_id)
    assert requests.get(other, headers=headers, timeout=10).status_code == 200
    assert {site["name"] for site in resources(cloud, access).json()} == {"simulator", "second"}


def test_offers_only_sites_the_person_has_an_account_on(cloud: World, second: World, reactor: App) -> None:
    second.jira.site.signed_in = stranger = second.jira.site.add_user("Sue", email="sue@example.com")
    page = requests.get(f"{second.jira.url}/authorize", params=asked(reactor), timeout=10).text
    assert page.count('type="radio"') == 1
    assert second.jira.site.cloud_id in page
    del second.jira.site.people[stranger.id]
    page = requests.get(f"{second.jira.url}/authorize", params=asked(reactor), timeout=10).text
    assert "no account on any site" in page
    assert decide(second, reactor, "approve")["error"] == "access_denied"


def test_knows_no_other_sites(cloud: World) -> None:
    answer = requests.get(f"{cloud.jira.url}/ex/jira/nowhere/rest/api/3/myself", timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_locks_a_closed_account_out_everywhere(cloud: World, reactor: App, service: Person) -> None:
    access, scoped = cloud.jira.atlassian.connect(reactor, service).access, cloud.jira.atlassian.scoped_token(service)
    cloud.jira.site.deactivate(service)
    assert cloud.ask("GET", "myself", by=access).status_code == 401
    assert at_gateway(cloud, "myself", auth=(service.email, scoped)).status_code == 401


def test_can_leave_a_closed_accounts_tokens_working(either: World) -> None:
    either.jira.site.deactivate(either.worker, locked=False)
    assert either.ask("GET", "myself").json()["active"] is False
