"""Registrations go away where they are, and only those that were meant."""

import pytest

from app.jira.errors import Forbidden
from app.webhooks.registration import WebhookError
from app.webhooks.remove import remove
from tests.webhooks.places import PUBLIC, Place


def test_all_of_ours_go_and_nobody_elses(administered: Place) -> None:
    administered.reconcile()
    other = administered.add("https://ci.example.com", name="CI")
    gone = remove(administered.db, administered.connection, administered.registrar)
    assert len(gone) == 1
    assert ([webhook.id for webhook in administered.theirs], administered.ours) == ([other.id], [])
    assert remove(administered.db, administered.connection, administered.registrar) == []


def test_one_is_named_by_the_id_jira_gave_it(place: Place) -> None:
    place.reconcile()
    stray = place.add(place.url)
    assert remove(place.db, place.connection, place.registrar, str(stray.id)) == [str(stray.id)]
    assert [str(webhook.id) for webhook in place.theirs] == [webhook.jira_id for webhook in place.ours]
    with pytest.raises(WebhookError, match="Jira lists no webhook 999") as caught:
        remove(place.db, place.connection, place.registrar, "999")
    assert str(place.theirs[0].id) in caught.value.cure


def test_an_account_that_may_not_remove_forgets_nothing(administered: Place) -> None:
    administered.reconcile()
    with pytest.raises(Forbidden):
        remove(administered.db, administered.connection, administered.own)
    assert len(administered.ours) == 1


def test_one_that_somebody_removed_meanwhile_is_gone_all_the_same(administered: Place) -> None:
    administered.reconcile()
    stray = administered.add(f"{PUBLIC}/webhooks/jira/gone")
    administered.running.trouble.answer(404, method="DELETE", executed=True)
    assert administered.kinds() == [("orphan", True)]
    assert stray.id not in {webhook.id for webhook in administered.theirs}
