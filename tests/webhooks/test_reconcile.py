"""What is wrong on Jira's side is found, repaired where the account may, and otherwise told with its cure."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.jira.errors import Invalid, LimitReached
from app.storage import audit, connections, projects, webhooks
from app.storage.database import Database
from app.storage.vault import Vault
from app.webhooks.reconcile import trust
from app.webhooks.register import plan, register, store
from app.webhooks.registration import EVENTS, WebhookError
from tests.webhooks.places import PUBLIC, Place, open_place


def test_a_missing_webhook_is_registered_and_then_all_is_well(place: Place) -> None:
    assert place.kinds() == [("missing", True)]
    [theirs], [ours] = place.theirs, place.ours
    assert (theirs.url, set(theirs.events)) == (place.url, set(EVENTS))
    assert (str(theirs.id), ours.url, ours.events) == (ours.jira_id, place.url, EVENTS)
    assert place.reconcile() == []
    assert "Registered webhook" in audit.latest(place.db, 1)[0][2]


def test_looking_only_repairs_nothing_and_names_the_command_that_does(place: Place) -> None:
    [finding] = place.reconcile(repair=False)
    assert (finding.kind, finding.repaired, place.theirs, place.ours) == ("missing", False, [], [])
    assert "`jira-reactor webhooks doctor`" in finding.text


def test_one_that_was_removed_in_jira_is_registered_anew(place: Place) -> None:
    place.reconcile()
    place.running.webhooks.remove(place.theirs[0].id)
    assert place.kinds() == [("missing", True)]
    assert [str(webhook.id) for webhook in place.theirs] == [webhook.jira_id for webhook in place.ours]


def test_what_is_authorized_is_what_jira_filters_by(place: Place) -> None:
    """Data Center 10 is not told a filter, so nothing has to follow there."""
    place.reconcile()
    projects.authorize(place.db, place.connection.id, "WEB")
    followed = [("changed", True)] if place.kind != "dc10" else []
    assert place.kinds() == followed
    assert [webhook.filter for webhook in place.theirs] == ['project IN ("OPS", "WEB")' if followed else ""]
    projects.revoke(place.db, place.connection.id, "OPS")
    assert place.kinds() == followed
    assert [webhook.filter for webhook in place.theirs] == ['project IN ("WEB")' if followed else ""]
    assert place.reconcile() == []


def test_without_an_authorized_project_nothing_stays_registered(place: Place) -> None:
    place.reconcile()
    projects.revoke(place.db, place.connection.id, "OPS")
    assert place.kinds() == [("unneeded", True)]
    assert (place.theirs, place.ours, place.reconcile()) == ([], [], [])


def leave_out_an_event(webhook: Any) -> None:
    webhook.events = webhook.events[1:]


def switch_off(webhook: Any) -> None:
    webhook.enabled = False


def point_elsewhere(webhook: Any) -> None:
    webhook.url = "https://elsewhere.example.com"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(leave_out_an_event, "leaves out jira:issue_created", id="events"),
        pytest.param(switch_off, "is switched off", id="switched off"),
        pytest.param(point_elsewhere, "points at https://elsewhere.example.com instead of", id="url"),
    ],
)
def test_what_somebody_changed_in_jira_is_changed_back(
    administered: Place, change: Callable[[Any], None], words: str
) -> None:
    administered.reconcile()
    [theirs] = administered.theirs
    before = theirs.id, administered.secrets()
    change(theirs)
    [finding] = administered.reconcile()
    assert (finding.kind, finding.repaired) == ("changed", True)
    assert words in finding.text
    [theirs] = administered.theirs
    assert (theirs.url, theirs.enabled, set(theirs.events)) == (administered.url, True, set(EVENTS))
    assert (theirs.id, administered.secrets()) == before
    assert theirs.secret == administered.secrets()[0]


def test_a_filter_is_the_same_however_jira_writes_it_down(cloud: Place) -> None:
    cloud.reconcile()
    cloud.theirs[0].filter = "project in (OPS)"
    assert cloud.reconcile() == []


def test_an_expired_webhook_is_replaced(dynamic: Place) -> None:
    dynamic.reconcile()
    [expired] = dynamic.theirs
    dynamic.running.atlassian.clock.forward(days=31)
    # Our own clock goes on as it was, so Jira's list must show a time in the past.
    expired.expires = expired.updated
    token = dynamic.running.atlassian.connect(dynamic.app, dynamic.droid).access
    from app.jira import connect
    from app.jira.auth import restore

    own = connect("cloud", dynamic.running.gateway_url, restore("oauth", {"access_token": token}))
    assert dynamic.kinds(own) == [("expired", True)]
    [alive] = dynamic.theirs
    assert alive.id != expired.id
    assert [webhook.jira_id for webhook in dynamic.ours] == [str(alive.id)]


def test_a_dynamic_webhook_is_there_before_the_one_it_replaces_goes(
    dynamic: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jira offers no way to change one, and between the two nothing may be lost."""
    dynamic.reconcile()
    counted = []
    remove = dynamic.running.webhooks.remove
    monkeypatch.setattr(
        dynamic.running.webhooks, "remove", lambda number: (counted.append(len(dynamic.theirs)), remove(number))
    )
    projects.authorize(dynamic.db, dynamic.connection.id, "WEB")
    dynamic.reconcile()
    assert counted == [2]
    assert len(dynamic.theirs) == 1


def test_an_app_that_moved_gives_up_its_old_address_first(dynamic: Place) -> None:
    """Jira takes one URL of an app, so here the new one cannot come before the old one goes."""
    dynamic.reconcile()
    dynamic.settings = replace(dynamic.settings, public_url="https://new.example.com")
    assert dynamic.kinds() == [("changed", True)]
    assert [webhook.url for webhook in dynamic.theirs] == [
        f"https://new.example.com/webhooks/jira/{dynamic.connection.id}"
    ]
    other = replace(dynamic.settings, public_url="https://newer.example.com")
    planned = plan(dynamic.db, dynamic.connection, other.public_url, secret=dynamic.app.client_secret)
    register(dynamic.db, dynamic.vault, dynamic.connection, planned, dynamic.own)
    assert [webhook.url for webhook in dynamic.theirs] == [planned.url]


def test_leftovers_of_older_installs_are_removed(place: Place) -> None:
    """Ours by name at our URL, with a secret nobody knows any more; or to a connection that is gone."""
    place.reconcile()
    place.add(place.url)
    place.add(f"{PUBLIC}/webhooks/jira/gone", name="whatever")
    assert sorted(place.kinds()) == [("orphan", True), ("orphan", True)]
    assert [str(webhook.id) for webhook in place.theirs] == [webhook.jira_id for webhook in place.ours]


def test_five_leftovers_make_room_for_the_one_that_is_needed(dynamic: Place) -> None:
    for _ in range(5):
        dynamic.add(dynamic.url)
    planned = plan(dynamic.db, dynamic.connection, PUBLIC, secret=dynamic.app.client_secret)
    with pytest.raises(LimitReached, match="limit of 5") as caught:
        register(dynamic.db, dynamic.vault, dynamic.connection, planned, dynamic.own)
    assert "`jira-reactor webhooks list`" in caught.value.cure
    assert dynamic.kinds() == [("orphan", True)] * 5 + [("missing", True)]
    assert len(dynamic.theirs) == 1


def test_what_somebody_else_registered_is_left_alone_and_told(administered: Place) -> None:
    administered.reconcile()
    ours = administered.theirs[0].id
    foreign = administered.add(administered.url, name="Ada's try")
    staging = administered.add("https://staging.example.com/webhooks/jira/x")
    administered.add("https://ci.example.com", name="CI")
    found = administered.reconcile()
    assert [(finding.kind, finding.repaired) for finding in found] == [("foreign", False)] * 2
    assert f"`jira-reactor webhooks remove {foreign.id}`" in found[0].text
    assert "another installation may live there" in found[1].text
    assert f"Webhook {staging.id}" in found[1].text
    assert len(administered.theirs) == 4
    assert administered.theirs[0].id == ours


def test_an_app_shared_with_another_installation_is_told(dynamic: Place) -> None:
    dynamic.add("https://staging.example.com/webhooks/jira/x")
    with pytest.raises(Invalid, match="single URL"):
        dynamic.reconcile()
    [stray, _] = dynamic.reconcile(repair=False)
    assert (stray.kind, stray.repaired) == ("foreign", False)


def test_another_connection_to_the_same_jira_keeps_its_webhook(administered: Place) -> None:
    administered.reconcile()
    twin = connections.add(
        administered.db,
        administered.vault,
        name="twin",
        deployment=administered.connection.deployment,
        base_url=administered.connection.base_url,
        site=administered.connection.site,
        auth=administered.connection.auth,
        credentials={},
        account=administered.connection.account,
    )
    administered.add(f"{PUBLIC}/webhooks/jira/{twin.id}", name="jira-reactor twin")
    assert administered.reconcile() == []


def test_one_pasted_by_hand_is_recognised_and_watched(administered: Place) -> None:
    planned = plan(administered.db, administered.connection, PUBLIC)
    store(administered.db, administered.vault, administered.connection, planned)
    [missing] = administered.reconcile(repair=False)
    assert "pasted by hand is not there" in missing.text
    administered.add("https://ci.example.com", name="CI")
    pasted = administered.add(planned.url, name="as the admin liked", events=planned.events)
    assert administered.reconcile() == []
    assert [webhook.jira_id for webhook in administered.ours] == [str(pasted.id)]
    assert administered.secrets() == [planned.secret]


def test_of_two_that_are_remembered_the_older_goes(administered: Place) -> None:
    """A crash between registering and removing leaves both."""
    administered.reconcile()
    planned = plan(administered.db, administered.connection, PUBLIC)
    second = administered.add(planned.url, events=planned.events)
    store(administered.db, administered.vault, administered.connection, planned, str(second.id))
    assert administered.kinds() == [("orphan", True)]
    assert [webhook.id for webhook in administered.theirs] == [second.id]
    assert [webhook.jira_id for webhook in administered.ours] == [str(second.id)]


def test_an_account_that_may_not_look_says_what_an_administrator_has_to_do(administered: Place) -> None:
    [missing] = administered.reconcile(administered.own)
    assert (missing.kind, missing.repaired) == ("missing", False)
    assert "`jira-reactor webhooks register`" in missing.text
    assert "--by-hand" in missing.text
    store(
        administered.db,
        administered.vault,
        administered.connection,
        plan(administered.db, administered.connection, PUBLIC),
    )
    assert administered.reconcile(administered.own) == []
    projects.authorize(administered.db, administered.connection.id, "WEB")
    [changed] = administered.reconcile(administered.own)
    assert f'its URL to {administered.url} its JQL to project IN ("OPS", "WEB")' in changed.text
    assert administered.secrets()[0] not in changed.text
    trust(administered.db, administered.connection, administered.settings)
    assert administered.reconcile(administered.own) == []
    for key in ("OPS", "WEB"):
        projects.revoke(administered.db, administered.connection.id, key)
    [unneeded] = administered.reconcile(administered.own)
    assert "`jira-reactor webhooks remove`" in unneeded.text


def test_a_pasted_filter_follows_on_data_center_too(plain: Database, vault: Vault, tmp_path: Path) -> None:
    """Jira does not tell it there, but what was pasted is remembered."""
    with open_place("dc10", plain, vault, tmp_path) as place:
        planned = plan(place.db, place.connection, PUBLIC)
        store(place.db, place.vault, place.connection, planned)
        place.add(planned.url, events=planned.events)
        projects.authorize(place.db, place.connection.id, "WEB")
        assert place.kinds() == [("changed", True)]
        assert place.ours[0].jql == ""
        assert place.reconcile() == []


def test_a_jira_too_old_to_sign_says_so_with_the_cure(plain: Database, vault: Vault, tmp_path: Path) -> None:
    with open_place("dc9", plain, vault, tmp_path) as place:
        registered, unsigned = place.reconcile()
        assert (registered.kind, unsigned.kind, unsigned.repaired) == ("missing", "unsigned", False)
        assert "Jira 9.12.0 does not sign its webhooks, so every delivery will be refused." in unsigned.text
        assert "Upgrade to Data Center 10" in unsigned.text


def test_settings_that_leave_nothing_to_register_are_named(place: Place) -> None:
    place.settings = replace(place.settings, public_url="")
    with pytest.raises(WebhookError, match="JIRA_REACTOR_PUBLIC_URL is not set"):
        place.reconcile()


def test_without_the_apps_secret_nothing_could_be_verified(dynamic: Place) -> None:
    dynamic.settings = replace(dynamic.settings, oauth_client_secret="")
    with pytest.raises(WebhookError, match="JIRA_REACTOR_OAUTH_CLIENT_SECRET is not set"):
        dynamic.reconcile()
    assert webhooks.of_connection(dynamic.db, dynamic.connection.id) == []
