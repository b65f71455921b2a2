"""A dynamic webhook never runs out while a worker lives."""

from app.storage import webhooks
from app.storage.database import now
from app.webhooks.refresh import HALF_LIFE, refresh
from tests.webhooks.places import Place

DAY = 24 * 60 * 60 * 1000


def test_past_the_half_of_its_life_a_webhook_gets_another_30_days(dynamic: Place) -> None:
    dynamic.reconcile()
    [webhook] = dynamic.ours
    assert webhook.expires_at
    assert webhook.expires_at > now() + 29 * DAY
    assert refresh(dynamic.db, dynamic.connection, dynamic.own) is None
    webhooks.update(dynamic.db, webhook.id, expires_at=now() + HALF_LIFE - DAY)
    until = refresh(dynamic.db, dynamic.connection, dynamic.own)
    [webhook] = dynamic.ours
    assert until == webhook.expires_at
    assert until
    assert until > now() + 29 * DAY


def test_an_admin_may_refresh_early(dynamic: Place) -> None:
    dynamic.reconcile()
    dynamic.theirs[0].expires = dynamic.theirs[0].updated
    assert (refresh(dynamic.db, dynamic.connection, dynamic.own, early=True) or 0) > now() + 29 * DAY


def test_one_that_jira_has_forgotten_is_not_taken_for_alive(dynamic: Place) -> None:
    """Jira says yes to ids it does not know."""
    dynamic.reconcile()
    dynamic.running.webhooks.remove(dynamic.theirs[0].id)
    assert refresh(dynamic.db, dynamic.connection, dynamic.own, early=True) == 0
    assert dynamic.kinds() == [("missing", True)]


def test_webhooks_of_administrators_do_not_run_out(administered: Place) -> None:
    administered.reconcile()
    assert refresh(administered.db, administered.connection, administered.own, early=True) is None
