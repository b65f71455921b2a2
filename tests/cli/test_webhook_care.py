"""`jira-reactor webhooks`: list, register, refresh, rotate-secret, remove and doctor, as an admin types them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import projects
from tests.cli.prompt import Prompt, prompt


@pytest.fixture
def oauth(tmp_path: Path) -> Iterator[Prompt]:
    with prompt("dynamic", tmp_path) as made:
        yield made


@pytest.fixture(params=["admin", "dc10"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prompt]:
    """One of the two kinds that administrators register."""
    with prompt(request.param, tmp_path) as made:
        yield made


def test_an_oauth_connection_registers_by_itself_and_tells_until_when(oauth: Prompt) -> None:
    told = oauth.ok("webhooks", "register")
    [theirs] = oauth.place.theirs
    assert told == f'Registered webhook {theirs.id} for project IN ("OPS"), pushing to {oauth.place.url}.\n'
    assert oauth.place.secrets() == [oauth.place.app.client_secret]
    until = theirs.expires.date().isoformat()
    assert oauth.ok("webhooks", "list") == f"dynamic webhook {theirs.id}: {oauth.place.url}, until {until}\n"
    [listed] = json.loads(oauth.ok("webhooks", "list", "--json"))
    assert (listed["kind"], listed["id"]) == ("dynamic", str(theirs.id))
    assert listed["expires"] == int(theirs.expires.timestamp() * 1000)


def test_a_refresh_says_until_when_or_that_there_is_nothing_to_refresh(oauth: Prompt, tmp_path: Path) -> None:
    assert "Nothing to refresh" in oauth.ok("webhooks", "refresh")
    oauth.ok("webhooks", "register")
    [theirs] = oauth.place.theirs
    assert oauth.ok("webhooks", "refresh") == f"Refreshed, until {theirs.expires.date().isoformat()}.\n"
    oauth.place.running.webhooks.remove(theirs.id)
    assert "`jira-reactor webhooks doctor`" in oauth.refused("webhooks", "refresh")


def test_a_secret_is_rotated_with_an_administrators_token(desk: Prompt) -> None:
    desk.ok("webhooks", "register", *desk.lent)
    [before] = desk.place.secrets()
    told = desk.ok("webhooks", "rotate-secret", "--overlap", "2", *desk.lent)
    [theirs] = desk.place.theirs
    new, old = desk.place.secrets()
    assert told.startswith(f"Webhook {theirs.id} has a new secret; the one before counts until 20")
    assert (theirs.secret, old) == (new, before)
    assert new not in told
    assert "Administer Jira" in desk.refused("webhooks", "rotate-secret")


def test_a_secret_is_rotated_by_hand_and_printed_once(desk: Prompt) -> None:
    desk.ok("webhooks", "register", "--by-hand")
    [before] = desk.place.secrets()
    told = desk.ok("webhooks", "rotate-secret", "--by-hand")
    new, old = desk.place.secrets()
    assert f"  Secret (shown this once): {new}\n" in told
    assert "within 24 hours" in told
    assert old == before


def test_the_doctor_repairs_what_it_may_and_says_what_is_left(desk: Prompt) -> None:
    assert "to do: No webhook is registered" in desk.refused("webhooks", "doctor")
    assert "to do: There is no webhook" in desk.refused("webhooks", "doctor", "--look-only", *desk.lent)
    assert desk.ok("webhooks", "doctor", *desk.lent).startswith("repaired: There is no webhook")
    assert desk.ok("webhooks", "doctor", *desk.lent).startswith("Nothing is wrong with the webhook")
    foreign = desk.place.add(desk.place.url, name="Ada's try")
    result = desk.run("webhooks", "doctor", "--json", *desk.lent)
    [finding] = json.loads(result.stdout)
    assert (result.exit_code, finding["kind"], finding["repaired"]) == (1, "foreign", False)
    assert desk.ok("webhooks", "remove", str(foreign.id), *desk.lent) == f"Removed webhook {foreign.id}.\n"
    assert desk.ok("webhooks", "doctor", "--json", *desk.lent) == "[]\n"
    assert all(secret not in result.output for secret in desk.place.secrets())


def test_all_of_ours_are_removed(desk: Prompt) -> None:
    desk.ok("webhooks", "register", *desk.lent)
    [theirs] = desk.place.theirs
    assert desk.ok("webhooks", "remove", *desk.lent) == f"Removed webhook {theirs.id}.\n"
    assert desk.ok("webhooks", "remove", *desk.lent) == "Jira has no webhook of ours.\n"
    assert desk.ok("webhooks", "list") == "No webhook is registered.\n"


def test_a_jira_too_old_to_sign_is_told_at_registration(tmp_path: Path) -> None:
    with prompt("dc9", tmp_path) as old:
        result = old.run("webhooks", "register", *old.lent)
        assert result.exit_code == 0
        assert "Jira 9.12.0 does not sign its webhooks, so every delivery will be refused." in result.stderr
        assert "Upgrade to Data Center 10" in result.stderr
        result = old.run("webhooks", "register", "--by-hand")
        assert "does not sign" in result.stderr


def test_an_administrators_token_counts_at_the_site_though_ours_counts_at_the_gateway(oauth: Prompt) -> None:
    """A service account with a scoped token talks to the gateway, which takes no token of a person's."""
    from app.storage import tables

    place = oauth.place
    with place.db.writing() as tx:
        tx.execute(tables.connections.update().values(auth="scoped_token"))
    oauth.ok("webhooks", "register", *oauth.lent)
    [theirs] = place.running.webhooks.of_admins()
    assert theirs.url == place.url
    assert projects.authorized(place.db, place.connection.id) == {"OPS"}
