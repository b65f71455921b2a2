"""Registering webhooks: by administrators of each Jira, and by apps."""

from datetime import UTC, datetime

import pytest

from tests.simulator.conftest import Installed, World, world
from tests.simulator.receiver import Receiver

CLASSIC = "/rest/webhooks/1.0/webhook"
MODERN = "/rest/jira-webhook/1.0/webhooks"
EVENTS = ["jira:issue_created", "comment_created"]


@pytest.fixture
def oauth(cloud: World) -> Installed:
    return cloud.install(cloud.worker)


def dynamic(**more: object) -> dict:
    return {"events": ["jira:issue_created"], "jqlFilter": "project = OPS", **more}


def register(cloud: World, oauth: Installed, *webhooks: dict, url: str = "https://example.com/hook") -> list[dict]:
    sent = {"url": url, "webhooks": list(webhooks)}
    answer = cloud.ask("POST", "webhook", json=sent, by=oauth.token)
    assert answer.status_code == 200, answer.text
    return answer.json()["webhookRegistrationResult"]


def test_cloud_administrators_register_signed_webhooks(cloud: World, receiver: Receiver) -> None:
    filters = {"issue-related-events-section": "project = OPS"}
    sent = {"name": "r", "url": receiver.url, "events": EVENTS, "filters": filters, "secret": "shh"}
    made = cloud.ask("POST", CLASSIC, json=sent, by=cloud.admin)
    assert made.status_code == 201
    shown = made.json()
    assert (shown["isSigned"], shown["filters"], shown["excludeBody"]) == (True, filters, False)
    assert "shh" not in made.text
    path = shown["self"].removeprefix(cloud.jira.url)
    changed = cloud.ask("PUT", path, json={**sent, "name": "s", "secret": ""}, by=cloud.admin).json()
    assert (changed["name"], changed["isSigned"]) == ("s", True)
    assert [webhook["name"] for webhook in cloud.ask("GET", CLASSIC, by=cloud.admin).json()] == ["s"]
    assert cloud.ask("GET", path, by=cloud.admin).json()["events"] == EVENTS
    assert cloud.ask("DELETE", path, by=cloud.admin).status_code == 204
    assert cloud.ask("GET", path, by=cloud.admin).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_administrators_reach_admin_webhooks(either: World, method: str) -> None:
    path = CLASSIC if either.cloud else MODERN
    assert either.ask(method, path, json={"name": "r", "url": "u"}).status_code == 403


def test_refuses_a_webhook_without_url_or_with_a_filter_that_is_none(cloud: World) -> None:
    answer = cloud.ask("POST", CLASSIC, json={"name": "r"}, by=cloud.admin)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["url"])
    sent = {"name": "r", "url": "u", "filters": {"issue-related-events-section": "project ="}}
    assert cloud.ask("POST", CLASSIC, json=sent, by=cloud.admin).status_code == 400


def test_data_center_10_reads_its_configuration_alone(datacenter: World) -> None:
    ask = datacenter.ask
    sent = {"name": "r", "url": "u", "events": EVENTS, "secret": "shh", "filters": {"x": "project = OPS"}}
    made = ask("POST", MODERN, json=sent, by=datacenter.admin).json()
    assert datacenter.jira.webhooks.get(made["id"]).secret == ""
    configuration = {"SECRET": "shh", "FILTERS": "project = OPS", "EXCLUDE_BODY": "true"}
    sent = {"name": "r", "url": "u", "events": EVENTS, "active": True, "configuration": configuration}
    made = ask("POST", MODERN, json=sent, by=datacenter.admin)
    webhook = datacenter.jira.webhooks.get(made.json()["id"])
    assert (webhook.secret, webhook.filter, webhook.exclude_body) == ("shh", "project = OPS", True)
    assert "shh" not in made.text
    assert ask("GET", f"{MODERN}/{webhook.id}", by=datacenter.admin).json()["scopeType"] == "global"


def test_data_center_10_does_not_serve_the_old_address(datacenter: World) -> None:
    assert datacenter.ask("GET", CLASSIC, by=datacenter.admin).status_code == 404


def test_data_center_9_serves_the_old_address_without_signatures() -> None:
    old = world("datacenter", version="9.12.0")
    with old.jira:
        sent = {"name": "r", "url": "u", "events": EVENTS, "secret": "shh"}
        made = old.ask("POST", CLASSIC, json=sent, by=old.admin)
        assert (made.status_code, made.json()["isSigned"]) == (201, False)
        assert old.ask("GET", MODERN, by=old.admin).status_code == 404


def test_only_apps_register_dynamic_webhooks(cloud: World) -> None:
    sent = {"url": "https://example.com", "webhooks": [dynamic()]}
    for method, path, body in (
        ("POST", "webhook", sent),
        ("GET", "webhook", None),
        ("PUT", "webhook/refresh", {"webhookIds": [1]}),
        ("DELETE", "webhook", {"webhookIds": [1]}),
    ):
        answer = cloud.ask(method, path, json=body, by=cloud.admin)
        assert (answer.status_code, "OAuth 2.0 apps" in answer.text) == (403, True)


def test_tells_one_by_one_what_became_of_dynamic_webhooks(cloud: World, oauth: Installed) -> None:
    fine, bad, nonsense = register(
        cloud, oauth, dynamic(), dynamic(jqlFilter="labels = red"), dynamic(jqlFilter="project =")
    )
    assert fine.keys() == {"createdWebhookId"}
    assert bad == {"errors": ["The clause labels is unsupported"]}
    assert nonsense.keys() == {"errors"}
    page = cloud.ask("GET", "webhook", by=oauth.token).json()
    assert [value["id"] for value in page["values"]] == [fine["createdWebhookId"]]
    assert page["isLast"] is True


@pytest.mark.parametrize(
    "webhook",
    [
        pytest.param(dynamic(secret="shh"), id="secret"),
        pytest.param(dynamic(events=["jira:worklog_updated"]), id="event"),
        pytest.param({"events": ["jira:issue_created"]}, id="no filter"),
    ],
)
def test_refuses_dynamic_webhooks_it_cannot_read(cloud: World, oauth: Installed, webhook: dict) -> None:
    sent = {"url": "https://example.com/hook", "webhooks": [webhook]}
    assert cloud.ask("POST", "webhook", json=sent, by=oauth.token).status_code == 400


def test_an_app_has_five_webhooks_and_one_url(cloud: World, oauth: Installed) -> None:
    results = register(cloud, oauth, *[dynamic()] * 6)
    assert ["errors" in result for result in results] == [False] * 5 + [True]
    sent = {"url": "https://example.com/other", "webhooks": [dynamic()]}
    assert cloud.ask("POST", "webhook", json=sent, by=oauth.token).status_code == 400


def test_dynamic_webhooks_run_out_unless_refreshed(cloud: World, oauth: Installed, receiver: Receiver) -> None:
    (made,) = register(cloud, oauth, dynamic(), url=receiver.url)
    webhook = cloud.jira.webhooks.get(made["createdWebhookId"])
    cloud.jira.webhooks.expire(webhook.id)
    cloud.jira.site.create_issue("OPS", "missed", by=cloud.admin)
    refreshed = cloud.ask("PUT", "webhook/refresh", json={"webhookIds": [webhook.id, 99]}, by=oauth.token).json()
    assert refreshed["expirationDate"] > datetime.now(UTC).timestamp() * 1000
    cloud.jira.site.create_issue("OPS", "heard", by=cloud.admin)
    assert cloud.jira.sender.wait_idle(5)
    assert [received.json["issue"]["fields"]["summary"] for received in receiver.received] == ["heard"]


def test_deletes_only_the_apps_own(cloud: World, oauth: Installed) -> None:
    other = cloud.install(cloud.worker)
    (mine,) = register(cloud, oauth, dynamic())
    sent = {"webhookIds": [mine["createdWebhookId"]]}
    assert cloud.ask("DELETE", "webhook", json=sent, by=other.token).status_code == 202
    assert len(cloud.jira.webhooks.of_app(oauth.app)) == 1
    assert cloud.ask("DELETE", "webhook", json=sent, by=oauth.token).status_code == 202
    assert cloud.jira.webhooks.of_app(oauth.app) == []


def test_hears_only_of_fields_and_properties_asked_for(cloud: World, oauth: Installed, receiver: Receiver) -> None:
    by_field = dynamic(events=["jira:issue_updated"], fieldIdsFilter=["labels"])
    by_property = dynamic(events=["issue_property_set"], issuePropertyKeysFilter=["run"])
    register(cloud, oauth, by_field, by_property, url=receiver.url)
    site = cloud.jira.site
    key = site.create_issue("OPS", "x", by=cloud.admin).key
    site.assign(key, cloud.worker, by=cloud.admin)
    site.set_property(key, "other", 1, by=cloud.admin)
    site.set_labels(key, "red", by=cloud.admin)
    site.set_property(key, "run", 2, by=cloud.admin)
    assert cloud.jira.sender.wait_idle(5)
    # Two webhooks, so either may be told first.
    first, second = sorted(receiver.received, key=lambda received: "property" in received.json)
    assert [item["field"] for item in first.json["changelog"]["items"]] == ["labels"]
    assert second.json["property"] == {"key": "run", "value": 2}


def test_each_person_has_five_webhooks_of_an_app_and_sees_only_those(cloud: World, oauth: Installed) -> None:
    register(cloud, oauth, *[dynamic()] * 5)
    admin = cloud.install(cloud.admin, oauth.app)
    (result,) = register(cloud, admin, dynamic())
    seen = [value["id"] for value in cloud.ask("GET", "webhook", by=admin.token).json()["values"]]
    assert seen == [result["createdWebhookId"]]
    assert cloud.ask("GET", "webhook", by=oauth.token).json()["total"] == 5


def test_lists_dynamic_webhooks_page_by_page_with_those_that_have_run_out(cloud: World, oauth: Installed) -> None:
    made = [result["createdWebhookId"] for result in register(cloud, oauth, *[dynamic()] * 3)]
    cloud.jira.site.clock.forward(days=31)
    pages = [
        cloud.ask("GET", "webhook", params={"startAt": start, "maxResults": 2}, by=token).json()
        for token in [cloud.install(cloud.worker, oauth.app).token]
        for start in (0, 2)
    ]
    assert [[value["id"] for value in page["values"]] for page in pages] == [made[:2], made[2:]]
    assert [page["isLast"] for page in pages] == [False, True]


def test_tells_when_webhooks_run_out_as_text_on_request(cloud: World, oauth: Installed) -> None:
    (made,) = register(cloud, oauth, dynamic())
    cloud.jira.webhooks.iso_dates = True
    sent = {"webhookIds": [made["createdWebhookId"]]}
    told = cloud.ask("PUT", "webhook/refresh", json=sent, by=oauth.token).json()["expirationDate"]
    assert datetime.fromisoformat(told) > datetime.now(UTC)
    (listed,) = cloud.ask("GET", "webhook", by=oauth.token).json()["values"]
    assert listed["expirationDate"] == told
