"""The round trip through a browser: what each leg checks, what each page says, and what none of them shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.connecting.connect import Wish
from app.connecting.consent import RoundTrip
from app.settings import load
from app.simulator import Running, start
from app.storage import connections, projects, states, tables
from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from app.web.oauth import COOKIE

PUBLIC_URL = "https://reactor.example.com"


@dataclass(frozen=True)
class World:
    """Atlassian with two sites, our web application, and a browser."""

    jira: Running
    second: Running
    droid: Any
    app: Any
    flask: Flask
    trip: RoundTrip
    browser: FlaskClient

    @property
    def db(self) -> Database:
        return self.trip.db

    def invite(self, **wish: Any) -> str:
        """The link of the command line, as a path."""
        return self.trip.invite(Wish(**wish)).removeprefix(PUBLIC_URL)

    def open(self, link: str, browser: FlaskClient | None = None) -> str:
        """Open the link; return where at Atlassian it leads."""
        return str((browser or self.browser).get(link, base_url=PUBLIC_URL).headers["Location"])

    def consent(self, url: str, *, by: Any = None, site: Running | None = None, decision: str = "approve") -> str:
        """Answer on Atlassian's page; return the path it sends the browser back to."""
        sent = {"decision": decision, "site": (site or self.jira).site.cloud_id}
        who = {"signed_in": (by or self.droid).id}
        answer = requests.post(url, data=sent, cookies=who, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].removeprefix(PUBLIC_URL)

    def come_back(self, path: str, browser: FlaskClient | None = None) -> TestResponse:
        return (browser or self.browser).get(path, base_url=PUBLIC_URL)

    def choose(self, page: TestResponse, cloud_id: str, browser: FlaskClient | None = None) -> TestResponse:
        token = page.text.partition('name="choice" value="')[2].partition('"')[0]
        told = {"choice": token, "site": cloud_id}
        return (browser or self.browser).post("/oauth/site", data=told, base_url=PUBLIC_URL)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with start("cloud", name="first") as jira, start("cloud", beside=jira, name="second") as second:
        droid = jira.site.add_user("Factory Droid", email="droid@example.com")
        jira.site.add_user("Grace", email="grace@example.com", admin=True)
        second.site.admit(droid)
        registered = jira.atlassian.register("Reactor", redirect_uri=f"{PUBLIC_URL}/oauth/callback")
        given = {
            "HOME": str(tmp_path),
            "PUBLIC_URL": PUBLIC_URL,
            "OAUTH_CLIENT_ID": registered.client_id,
            "OAUTH_CLIENT_SECRET": registered.client_secret,
            "ATLASSIAN_AUTH_URL": jira.url,
            "ATLASSIAN_API_URL": jira.url,
        }
        settings = load({f"JIRA_REACTOR_{name}": value for name, value in given.items()})
        flask = create_app(settings)
        db = flask.extensions["database"]
        upgrade(db)
        trip = RoundTrip(db, Vault(settings.keys, settings.home), settings)
        yield World(jira, second, droid, registered, flask, trip, flask.test_client())
        db.close()


def two_sites(world: World) -> None:
    """Let the droid have consented to the second site before."""
    world.jira.atlassian.consent(world.app, world.droid, world.app.scopes, [world.second.site.cloud_id])


def refused(answer: TestResponse, words: str, status: int = 400) -> None:
    assert answer.status_code == status
    assert "Not connected" in answer.text
    assert words in answer.text


def test_one_site_is_connected_at_once(world: World, caplog: Any, capsys: Any) -> None:
    path = world.consent(world.open(world.invite(name="ops")))
    answer = world.come_back(path)
    assert answer.status_code == 200
    assert "<h1>Connected</h1>" in answer.text
    assert "Factory Droid" in answer.text
    assert "jira-reactor projects authorize KEY" in answer.text
    made = connections.named(world.db)
    assert (made.name, made.auth, made.site) == ("ops", "oauth", world.jira.url.partition("://")[2])
    assert "offline_access" in made.scopes
    code = parse_qs(urlsplit(path).query)["code"][0]
    secrets = [code, world.app.client_secret, *(str(v) for v in made.unseal(world.trip.vault).values())]
    said = answer.text + caplog.text + "".join(capsys.readouterr())
    assert not [secret for secret in secrets if secret in said and secret != world.jira.site.cloud_id]


def test_the_browser_is_bound_by_a_cookie_that_only_it_can_send(world: World) -> None:
    answer = world.browser.get(world.invite(), base_url=PUBLIC_URL)
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303
    assert cookie.startswith(f"{COOKIE}=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Max-Age=900"):
        assert attribute in cookie


def test_the_state_goes_out_hashed_and_the_redirect_is_exact(world: World) -> None:
    query = parse_qs(urlsplit(world.open(world.invite())).query)
    assert query["redirect_uri"] == [f"{PUBLIC_URL}/oauth/callback"]
    with world.db.reading() as tx:
        stored = repr(tx.execute(tables.states.select()).all())
    assert query["state"][0] not in stored
    cookie = world.browser.get_cookie(COOKIE, domain="reactor.example.com")
    assert cookie is not None
    assert cookie.value not in stored


def test_several_sites_are_offered_and_the_chosen_one_is_connected(world: World) -> None:
    two_sites(world)
    page = world.come_back(world.consent(world.open(world.invite())))
    assert "<h1>Which Jira site?</h1>" in page.text
    assert all(running.url in page.text for running in (world.jira, world.second))
    assert connections.every(world.db) == []
    answer = world.choose(page, world.second.site.cloud_id)
    assert "<h1>Connected</h1>" in answer.text
    assert connections.named(world.db).site == world.second.url.partition("://")[2]
    refused(world.choose(page, world.jira.site.cloud_id), "used already")


def test_the_tokens_wait_for_the_choice_sealed(world: World) -> None:
    two_sites(world)
    world.come_back(world.consent(world.open(world.invite())))
    with world.db.reading() as tx:
        [kept] = tx.scalars(tables.states.select().with_only_columns(tables.states.c.data)).all()
    assert "access_token" not in repr(kept)
    assert "access_token" in world.trip.vault.unseal(kept["sealed"])


@pytest.mark.parametrize("leg", ["callback", "choice"])
def test_another_browser_cannot_go_on(world: World, leg: str) -> None:
    two_sites(world)
    other = world.flask.test_client()
    path = world.consent(world.open(world.invite()))
    if leg == "callback":
        answer = world.come_back(path, other)
    else:
        answer = world.choose(world.come_back(path), world.jira.site.cloud_id, other)
    refused(answer, "begun in another browser")
    assert connections.every(world.db) == []


def test_another_browser_cannot_go_on_with_a_cookie_of_its_own(world: World) -> None:
    other = world.flask.test_client()
    world.open(world.invite(), other)
    path = world.consent(world.open(world.invite()))
    refused(world.come_back(path, other), "begun in another browser")


def test_a_link_works_once(world: World) -> None:
    link = world.invite()
    world.open(link)
    answer = world.browser.get(link, base_url=PUBLIC_URL)
    refused(answer, "was used already")
    assert "jira-reactor connect --oauth" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/connect", "/connect?invitation=made-up", "/oauth/callback", "/oauth/callback?state=x"]
)
def test_nobody_gets_anywhere_without_what_we_gave_out(world: World, path: str) -> None:
    refused(world.browser.get(path, base_url=PUBLIC_URL), "is unknown")


def test_an_answer_counts_once(world: World) -> None:
    path = world.consent(world.open(world.invite()))
    world.come_back(path)
    refused(world.come_back(path), "used already")


@pytest.mark.parametrize("kind", ["invitation", "state"])
def test_after_a_quarter_of_an_hour_a_new_link_is_needed(world: World, kind: str) -> None:
    link = world.invite()
    path = link if kind == "invitation" else world.consent(world.open(link))
    with world.db.writing() as tx:
        tx.execute(tables.states.update().values(expires_at=1))
    refused(world.come_back(path), "older than 15 minutes")


def test_a_state_is_not_good_as_an_invitation(world: World) -> None:
    state = states.issue(world.db, "state", {"wish": {}, "browser": "x"}, 60)
    refused(world.browser.get(f"/connect?invitation={state}", base_url=PUBLIC_URL), "is unknown")


def test_who_denies_is_told_how_to_go_on(world: World) -> None:
    path = world.consent(world.open(world.invite()), decision="deny")
    answer = world.come_back(path)
    refused(answer, "access was denied")
    assert "press Accept" in answer.text


def test_an_error_of_atlassians_is_not_repeated(world: World) -> None:
    path = world.consent(world.open(world.invite()), decision="deny").replace("access_denied", "%3Cscript%3E")
    answer = world.come_back(path)
    refused(answer, "an error of its own")
    assert "script" not in answer.text


def test_a_code_that_is_not_good_is_said_to_be(world: World) -> None:
    path = world.consent(world.open(world.invite()))
    code = parse_qs(urlsplit(path).query)["code"][0]
    refused(world.come_back(path.replace(code, "forged")), "Atlassian refuses to give tokens", 502)


def test_the_wrong_account_is_told_to_use_a_private_window(world: World) -> None:
    grace = next(p for p in world.jira.site.people.values() if p.name == "Grace")
    answer = world.come_back(world.consent(world.open(world.invite()), by=grace))
    refused(answer, "Grace (grace@example.com) administers Jira")
    assert "private window, log in to Atlassian as Factory Droid" in answer.text
    answer = world.come_back(world.consent(world.open(world.invite(accept=True)), by=grace))
    assert "<h1>Connected</h1>" in answer.text


def test_a_site_that_was_not_offered_is_refused(world: World) -> None:
    two_sites(world)
    page = world.come_back(world.consent(world.open(world.invite())))
    refused(world.choose(page, "another"), "not among those offered")


def test_a_consent_that_opens_no_site_says_so(world: World) -> None:
    path = world.consent(world.open(world.invite()))
    world.jira.atlassian.sites.clear()
    refused(world.come_back(path), "opens no Jira site")


def test_reconnecting_keeps_the_connection_and_does_not_ask_for_the_site_again(world: World) -> None:
    two_sites(world)
    world.choose(world.come_back(world.consent(world.open(world.invite()))), world.second.site.cloud_id)
    made = connections.named(world.db)
    projects.authorize(world.db, made.id, "OPS")
    connections.set_trouble(world.db, made.id, "Reconnect needed")
    answer = world.come_back(world.consent(world.open(world.invite(reconnect=made.id))))
    assert "jira-reactor verify OPS" in answer.text
    remade = connections.named(world.db)
    assert (remade.id, remade.trouble) == (made.id, "")
    assert remade.credentials != made.credentials


def test_reconnecting_needs_the_site_it_is_about(world: World) -> None:
    world.come_back(world.consent(world.open(world.invite())))
    made = connections.named(world.db)
    world.jira.atlassian.revoke(world.app, world.droid)
    path = world.consent(world.open(world.invite(reconnect=made.id)), site=world.second)
    refused(world.come_back(path), f"does not open {made.site}")


def test_a_database_that_is_away_is_nobody_elses_business(world: World, tmp_path: Path) -> None:
    world.db.close()
    for file in tmp_path.glob("reactor.sqlite3*"):
        file.unlink()
    (tmp_path / "reactor.sqlite3").mkdir()
    answer = world.browser.get("/connect?invitation=x", base_url=PUBLIC_URL)
    refused(answer, "The database does not answer now.", 503)
    assert "sqlite" not in answer.text


@pytest.mark.parametrize("path", ["connected", "sites", "failed", "redirect"])
def test_no_page_loads_anything_or_tells_where_it_was(world: World, path: str) -> None:
    two_sites(world)
    if path == "failed":
        answer = world.browser.get("/connect", base_url=PUBLIC_URL)
    elif path == "redirect":
        answer = world.browser.get(world.invite(), base_url=PUBLIC_URL)
    else:
        answer = world.come_back(world.consent(world.open(world.invite())))
        answer = answer if path == "sites" else world.choose(answer, world.jira.site.cloud_id)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    if path != "redirect":
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        assert f'<style nonce="{nonce}">' in answer.text
        assert "src=" not in answer.text
