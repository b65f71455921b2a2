"""A new secret is known here before Jira signs with it, and the one before counts while Jira may retry with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.jira.errors import Forbidden, JiraBroken, Unreachable
from app.storage import audit
from app.storage.database import Database, now
from app.storage.vault import Vault
from app.webhooks.register import plan, store
from app.webhooks.registration import WebhookError
from app.webhooks.rotate import OVERLAP, rotate, rotate_by_hand
from tests.webhooks.places import PUBLIC, Place, client, open_place


def turn(place: Place, **options: int) -> None:
    rotate(place.db, place.vault, place.connection, place.registrar, place.settings, **options)


def test_a_rotation_reaches_jira_and_both_secrets_count_for_a_day(administered: Place) -> None:
    administered.reconcile()
    [before] = administered.secrets()
    turn(administered)
    new, old = administered.secrets()
    assert (old, administered.theirs[0].secret) == (before, new)
    assert new != before
    [webhook] = administered.ours
    assert webhook.previous_until
    assert abs(webhook.previous_until - now() - OVERLAP) < 60_000
    assert new not in str(audit.latest(administered.db, 5))
    assert administered.reconcile() == []
    assert administered.theirs[0].secret == new


def test_once_the_overlap_is_over_the_old_secret_counts_no_more(administered: Place) -> None:
    administered.reconcile()
    turn(administered, overlap=-1)
    assert administered.secrets() == [administered.theirs[0].secret]


def test_where_jira_refuses_nothing_is_changed_here_either(cloud: Place) -> None:
    cloud.reconcile()
    before = cloud.secrets()
    cloud.running.trouble.answer(403, method="PUT")
    with pytest.raises(Forbidden):
        turn(cloud)
    assert (cloud.secrets(), cloud.theirs[0].secret) == (before, before[0])


def test_a_rotation_whose_outcome_is_unknown_is_finished_by_running_it_again(cloud: Place) -> None:
    """Jira did it and then broke: neither the secret it has nor the one before may be forgotten."""
    cloud.reconcile()
    [before] = cloud.secrets()
    cloud.running.trouble.answer(500, method="PUT", executed=True, times=20)
    with pytest.raises(JiraBroken):
        turn(cloud)
    cloud.running.trouble.calm()
    assert cloud.secrets() == [cloud.theirs[0].secret, before]
    cloud.theirs[0].secret = before
    turn(cloud)
    assert cloud.secrets() == [cloud.theirs[0].secret, before]


def test_a_jira_that_is_not_reached_keeps_its_secret(cloud: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.reconcile()
    before = cloud.secrets()
    admin = client(cloud.running, cloud.admin)
    from app.webhooks.registry import AdminRegistry

    def unreachable(*_: object) -> str:
        raise Unreachable("No connection.", sent=False)

    monkeypatch.setattr(AdminRegistry, "change", unreachable)
    with pytest.raises(Unreachable):
        rotate(cloud.db, cloud.vault, cloud.connection, admin, cloud.settings)
    assert cloud.secrets() == before


def test_by_hand_the_new_secret_is_told_once_and_the_old_one_counts_until_it_is_pasted(administered: Place) -> None:
    planned = plan(administered.db, administered.connection, PUBLIC)
    store(administered.db, administered.vault, administered.connection, planned)
    secret = rotate_by_hand(administered.db, administered.vault, administered.connection)
    assert administered.secrets() == [secret, planned.secret]


def test_a_new_client_secret_of_the_app_is_taken_over_with_an_overlap(dynamic: Place) -> None:
    dynamic.reconcile()
    dynamic.settings = replace(dynamic.settings, oauth_client_secret="the next one")
    assert dynamic.kinds() == [("secret", True)]
    assert dynamic.secrets() == ["the next one", dynamic.app.client_secret]
    assert dynamic.reconcile() == []


def test_a_dynamic_webhook_has_no_secret_to_rotate_and_says_whose_it_is(dynamic: Place) -> None:
    dynamic.reconcile()
    with pytest.raises(WebhookError, match="client secret of the OAuth app") as caught:
        rotate_by_hand(dynamic.db, dynamic.vault, dynamic.connection)
    assert "JIRA_REACTOR_OAUTH_CLIENT_SECRET" in caught.value.cure


def test_what_was_never_registered_has_no_secret_to_rotate(administered: Place) -> None:
    with pytest.raises(WebhookError, match="has no webhook"):
        turn(administered)


def test_a_jira_that_does_not_sign_has_no_secret_to_rotate(plain: Database, vault: Vault, tmp_path: Path) -> None:
    with open_place("dc9", plain, vault, tmp_path) as place:
        place.reconcile()
        with pytest.raises(WebhookError, match="does not sign"):
            turn(place)
