"""Webhooks that an app registers for itself, on Cloud."""

import time

import pytest

from app.jira import Jira, RetryPolicy, connect
from app.jira.auth import restore
from app.jira.dynamic_webhooks import DynamicWebhooks, dynamic_webhooks
from app.jira.errors import Forbidden, Invalid, JiraBroken, LimitReached

from .conftest import Answering, Connected

URL = "https://reactor.example.com/webhooks/jira/abc"
EVENTS = ("jira:issue_created", "comment_created")
THIRTY_DAYS = 30 * 24 * 3600 * 1000


def as_app(site: Connected, url: str = "") -> Jira:
    atlassian = site.running.atlassian
    tokens = atlassian.connect(atlassian.register("Reactor"), site.droid)
    auth = restore("oauth", {"access_token": tokens.access})
    return connect("cloud", url or site.running.gateway_url, auth, retries=RetryPolicy(sleep=lambda seconds: None))


@pytest.fixture
def webhooks(cloud: Connected) -> DynamicWebhooks:
    return dynamic_webhooks(as_app(cloud))


@pytest.fixture
def odd(cloud: Connected, other: Answering) -> DynamicWebhooks:
    """Registrations of a site that answers as told."""
    return dynamic_webhooks(as_app(cloud, other.url))


def test_a_registration_is_told_again_as_it_was_made(webhooks: DynamicWebhooks) -> None:
    made = webhooks.register(URL, EVENTS, 'project IN ("OPS")')
    (told,) = webhooks.list()
    assert (told.id, told.url, told.events, told.jql) == (made, URL, EVENTS, 'project IN ("OPS")')
    assert told.expires_at is not None
    assert abs(told.expires_at - time.time() * 1000 - THIRTY_DAYS) < 60_000


def test_a_refresh_tells_until_when_it_lives(cloud: Connected, webhooks: DynamicWebhooks) -> None:
    made = webhooks.register(URL, EVENTS, "project = OPS")
    assert abs(webhooks.refresh([made, "4711"]) - time.time() * 1000 - THIRTY_DAYS) < 60_000


@pytest.mark.parametrize("date", [1559392950000, "2019-06-01T12:42:30.000+0000"], ids=["number", "text"])
def test_both_forms_of_the_date_are_read(other: Answering, odd: DynamicWebhooks, date: object) -> None:
    other.answer(200, {"expirationDate": date})
    other.answer(200, {"values": [{"id": 7, "expirationDate": date}], "isLast": True})
    assert odd.refresh(["7"]) == 1559392950000
    assert [webhook.expires_at for webhook in odd.list()] == [1559392950000]


def test_a_removed_registration_is_gone(webhooks: DynamicWebhooks) -> None:
    made = webhooks.register(URL, EVENTS, "project = OPS")
    webhooks.remove([made])
    assert webhooks.list() == ()


def test_a_filter_that_jira_refuses_is_an_error_although_it_answers_200(webhooks: DynamicWebhooks) -> None:
    with pytest.raises(Invalid, match=r"Jira registered no webhook: .* The filter was: text ~ fire .*part of JQL"):
        webhooks.register(URL, EVENTS, "text ~ fire")
    assert webhooks.list() == ()


def test_the_sixth_is_explained(webhooks: DynamicWebhooks) -> None:
    for _ in range(5):
        webhooks.register(URL, EVENTS, "project = OPS")
    with pytest.raises(LimitReached, match=r"5 per user and site\. Look with `jira-reactor webhooks list`"):
        webhooks.register(URL, EVENTS, "project = OPS")


def test_only_apps_may(cloud: Connected) -> None:
    with pytest.raises(Forbidden, match=r"Only an OAuth app may") as caught:
        dynamic_webhooks(cloud.jira).register(URL, EVENTS, "project = OPS")
    assert "webhook in Jira's system settings" in caught.value.cure


@pytest.mark.parametrize(
    "told",
    [{"webhookRegistrationResult": []}, {"webhookRegistrationResult": [{}]}, {}],
    ids=["no-result", "empty-result", "nothing"],
)
def test_an_answer_that_names_neither_id_nor_error_is_jira_broken(
    other: Answering, odd: DynamicWebhooks, told: object
) -> None:
    other.answer(200, told)
    with pytest.raises(JiraBroken):
        odd.register(URL, EVENTS, "project = OPS")


def test_errors_that_are_no_list_are_told_as_they_are(other: Answering, odd: DynamicWebhooks) -> None:
    other.answer(200, {"webhookRegistrationResult": [{"errors": "No."}]})
    with pytest.raises(Invalid, match=r"Jira registered no webhook: No\."):
        odd.register(URL, EVENTS, "project = OPS")


def test_a_refresh_that_tells_no_date_is_jira_broken(other: Answering, odd: DynamicWebhooks) -> None:
    other.answer(200, {})
    with pytest.raises(JiraBroken, match="until when"):
        odd.refresh(["7"])
