"""Deliveries: signatures, headers, retries, order, and faults on request."""

import hashlib
import hmac
import time

import jwt
import pytest

from app.simulator.retries import Retries
from tests.simulator.conftest import World, world
from tests.simulator.receiver import Receiver

CREATED = "jira:issue_created"


def create(either: World, times: int = 1) -> None:
    for number in range(times):
        either.jira.site.create_issue("OPS", str(number), by=either.admin)
    assert either.jira.sender.wait_idle(10)


def test_signs_the_raw_body(either: World, receiver: Receiver) -> None:
    either.listen(receiver, CREATED, secret="It's a Secret to Everybody")
    either.jira.site.create_issue("OPS", "Grüße 🎉", by=either.admin)
    assert either.jira.sender.wait_idle(5)
    (received,) = receiver.received
    expected = hmac.new(b"It's a Secret to Everybody", received.body, hashlib.sha256).hexdigest()
    assert received.headers["X-Hub-Signature"] == f"sha256={expected}"
    assert "Grüße 🎉".encode() in received.body


def test_signs_nothing_without_a_secret_and_sends_no_body_where_none_is_wanted(
    either: World, receiver: Receiver
) -> None:
    either.listen(receiver, CREATED, secret="")
    either.jira.webhooks.of_admins()[0].exclude_body = True
    create(either)
    (received,) = receiver.received
    assert (received.headers["X-Hub-Signature"], received.body) == (None, b"")


def test_names_its_deliveries_on_cloud_only(cloud: World, datacenter: World, receiver: Receiver) -> None:
    for jira in (cloud, datacenter):
        jira.listen(receiver, CREATED)
        create(jira)
    ours, theirs = (received.headers for received in receiver.received)
    assert ours["X-Atlassian-Webhook-Identifier"]
    assert ours["X-Atlassian-Webhook-Flow"] == "Primary"
    assert ours["X-Atlassian-Webhook-Retry"] is None
    assert ours["User-Agent"] == "Atlassian Webhook HTTP Client"
    assert not [name for name in theirs if name.startswith("X-Atlassian")]
    assert "JIRA-10.3.0" in theirs["User-Agent"]
    assert {headers["Content-Type"] for headers in (ours, theirs)} == {"application/json; charset=UTF-8"}


def test_an_app_gets_one_delivery_for_all_its_webhooks_with_a_token(cloud: World, receiver: Receiver) -> None:
    oauth = cloud.install(cloud.worker)
    one = {"events": [CREATED], "jqlFilter": "project = OPS"}
    sent = {"url": receiver.url, "webhooks": [one, one]}
    made = cloud.ask("POST", "webhook", json=sent, by=oauth.token).json()["webhookRegistrationResult"]
    create(cloud)
    (received,) = receiver.received
    assert received.json["matchedWebhookIds"] == [result["createdWebhookId"] for result in made]
    assert received.headers["X-Hub-Signature"] is None
    token = received.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, oauth.app.client_secret, algorithms=["HS256"])
    assert claims.keys() == {"iss", "sub", "iat", "exp", "jti", "context"}
    assert (claims["iss"], claims["sub"]) == (oauth.app.client_id, cloud.admin.id)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_tries_again_after(cloud: World, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status, status]
    cloud.listen(receiver, CREATED)
    create(cloud)
    headers = [received.headers for received in receiver.received]
    assert [header["X-Atlassian-Webhook-Retry"] for header in headers] == [None, "1", "2"]
    assert len({header["X-Atlassian-Webhook-Identifier"] for header in headers}) == 1
    assert len({received.body for received in receiver.received}) == 1
    (delivery,) = cloud.jira.sender.deliveries
    assert (delivery.state, [attempt.status for attempt in delivery.attempts]) == ("delivered", [status, status, 202])


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 413])
def test_never_tries_again_after(either: World, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    either.listen(receiver, CREATED)
    create(either)
    (delivery,) = either.jira.sender.deliveries
    assert (delivery.state, len(delivery.attempts)) == ("failed", 1)


def test_gives_up_after_five_retries(receiver: Receiver) -> None:
    patient = world("cloud")
    receiver.statuses = [503] * 20
    with patient.jira:
        patient.jira.sender.retries = Retries(scale=0.00001, patience=1e9)
        patient.listen(receiver, CREATED)
        create(patient)
        (delivery,) = patient.jira.sender.deliveries
        assert (delivery.state, len(delivery.attempts)) == ("failed", 6)


def test_tries_only_once_where_all_has_failed_for_long_until_one_succeeds(cloud: World, receiver: Receiver) -> None:
    cloud.jira.sender.retries = Retries(scale=0.00001, patience=0)
    receiver.statuses = [503, 503, 202, 503]
    cloud.listen(receiver, CREATED)
    create(cloud, 2)
    assert [len(delivery.attempts) for delivery in cloud.jira.sender.deliveries] == [1, 1]
    create(cloud)
    cloud.jira.sender.retries = Retries(scale=0.00001, patience=1e9)
    create(cloud)
    assert [len(delivery.attempts) for delivery in cloud.jira.sender.deliveries] == [1, 1, 1, 2]


def test_tries_again_where_nobody_answers_in_time_or_at_all(cloud: World, receiver: Receiver) -> None:
    cloud.jira.sender.retries = Retries(scale=0.00001, patience=1e9)
    cloud.jira.sender.timeout = 0.05
    receiver.delay = 0.2
    cloud.listen(receiver, CREATED)
    receiver_gone = "http://127.0.0.1:1/hook"
    cloud.jira.webhooks.add(name="gone", url=receiver_gone, events=(CREATED,), by=cloud.admin)
    create(cloud)
    slow, gone = cloud.jira.sender.deliveries
    assert {attempt.error for attempt in slow.attempts} == {"ReadTimeoutError"}
    assert {attempt.error for attempt in gone.attempts} == {"NewConnectionError"}
    assert [len(slow.attempts), len(gone.attempts)] == [6, 6]


def test_keeps_the_order_of_an_issue_and_sends_issues_at_once(cloud: World, receiver: Receiver) -> None:
    site = cloud.jira.site
    keys = [site.create_issue("OPS", str(number), by=cloud.admin).key for number in range(30)]
    receiver.delay = 0.03
    cloud.listen(receiver, "comment_created")
    for text in ("1", "2", "3"):
        for key in keys:
            site.add_comment(key, text, by=cloud.admin)
    assert cloud.jira.sender.wait_idle(20)
    said: dict[str, str] = dict.fromkeys(keys, "")
    for received in receiver.received:
        said[received.json["issue"]["key"]] += received.json["comment"]["body"]
    assert set(said.values()) == {"123"}
    assert 1 < receiver.busiest <= cloud.jira.sender.parallel


def test_mixes_the_order_up_on_request(cloud: World, receiver: Receiver) -> None:
    key = cloud.jira.site.create_issue("OPS", "x", by=cloud.admin).key
    cloud.listen(receiver, "comment_created")
    cloud.jira.trouble.disorder = 0.2
    for number in range(20):
        cloud.jira.site.add_comment(key, str(number), by=cloud.admin)
    assert cloud.jira.sender.wait_idle(5)
    said = [int(received.json["comment"]["body"]) for received in receiver.received]
    assert sorted(said) == list(range(20))
    assert said != sorted(said)


def test_repeats_what_was_received_on_request(either: World, receiver: Receiver) -> None:
    either.listen(receiver, CREATED)
    either.jira.trouble.duplicates = 2
    create(either)
    assert len({received.body for received in receiver.received}) == 1
    assert len({received.headers["X-Atlassian-Webhook-Identifier"] for received in receiver.received}) == 1
    assert len(receiver.received) == 3


def test_loses_deliveries_on_request(cloud: World, receiver: Receiver) -> None:
    cloud.listen(receiver, CREATED)
    cloud.jira.trouble.loses = lambda event, key: key == "OPS-2"
    create(cloud, 3)
    assert {received.json["issue"]["key"] for received in receiver.received} == {"OPS-1", "OPS-3"}
    assert sorted(delivery.state for delivery in cloud.jira.sender.deliveries) == ["delivered", "delivered", "lost"]


def test_says_when_it_is_not_idle_in_time(cloud: World, receiver: Receiver) -> None:
    receiver.delay = 0.3
    cloud.listen(receiver, CREATED)
    cloud.jira.site.create_issue("OPS", "x", by=cloud.admin)
    assert cloud.jira.sender.wait_idle(0.01) is False
    assert cloud.jira.sender.wait_idle(5) is True


def test_stops_while_a_retry_is_pending(receiver: Receiver) -> None:
    receiver.statuses = [503]
    hasty = world("cloud")
    with hasty.jira:
        hasty.jira.sender.retries = Retries(scale=1)
        hasty.listen(receiver, CREATED)
        hasty.jira.site.create_issue("OPS", "x", by=hasty.admin)
        until = time.monotonic() + 5
        while not hasty.jira.sender.deliveries[0].attempts and time.monotonic() < until:
            time.sleep(0.01)
    assert [delivery.state for delivery in hasty.jira.sender.deliveries] == ["pending"]
