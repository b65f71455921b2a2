"""Registrations in Jira's system settings, in the dialect of each version."""

from collections.abc import Iterator

import pytest

from app.jira.admin_webhooks import AdminWebhooks, ClassicWebhooks, ModernWebhooks, admin_webhooks
from app.jira.errors import Forbidden, NotFound

from .conftest import Connected, serve

URL = "https://reactor.example.com/webhooks/jira/abc"
EVENTS = ("jira:issue_created", "comment_created")


@pytest.fixture(params=["cloud", "datacenter-10.3.0", "datacenter-9.12.4"])
def anywhere(request: pytest.FixtureRequest) -> Iterator[Connected]:
    face, _, version = request.param.partition("-")
    yield from serve(face, version)


@pytest.fixture
def webhooks(anywhere: Connected) -> AdminWebhooks:
    return admin_webhooks(anywhere.open_as(anywhere.ada))


def test_the_version_chooses_the_dialect(anywhere: Connected, webhooks: AdminWebhooks) -> None:
    modern = anywhere.site.face.name == "datacenter" and anywhere.site.face.major == 10
    assert isinstance(webhooks, ModernWebhooks if modern else ClassicWebhooks)


def test_a_registration_is_told_again_as_it_was_made(anywhere: Connected, webhooks: AdminWebhooks) -> None:
    made = webhooks.register(URL, "jira-reactor", EVENTS, jql="project = OPS", secret="hush")
    (told,) = webhooks.list()
    assert (told.id, told.name, told.url, told.events) == (made, "jira-reactor", URL, EVENTS)
    # Data Center 10 is asked to send everything, because its filter's form is not documented.
    assert told.jql == ("" if isinstance(webhooks, ModernWebhooks) else "project = OPS")


def test_the_secret_arrives_where_jira_signs(anywhere: Connected, webhooks: AdminWebhooks) -> None:
    made = webhooks.register(URL, "jira-reactor", EVENTS, jql="", secret="hush")
    kept = anywhere.running.webhooks.get(int(made))
    assert kept is not None
    assert kept.secret == ("" if anywhere.site.face.version == "9.12.4" else "hush")
    assert not kept.exclude_body


def test_a_removed_registration_is_gone(webhooks: AdminWebhooks) -> None:
    made = webhooks.register(URL, "jira-reactor", EVENTS, jql="", secret="hush")
    webhooks.remove(made)
    assert webhooks.list() == ()
    with pytest.raises(NotFound):
        webhooks.remove(made)


def test_an_update_replaces_everything_but_a_secret_it_does_not_name(
    anywhere: Connected, webhooks: AdminWebhooks
) -> None:
    made = webhooks.register(URL, "jira-reactor", EVENTS, jql="project = OPS", secret="hush")
    kept = anywhere.running.webhooks.get(int(made))
    signs = anywhere.site.face.version != "9.12.4"
    webhooks.update(made, f"{URL}2", "jira-reactor 2", EVENTS[:1], jql="project = GATE")
    (told,) = webhooks.list()
    assert (told.id, told.name, told.url, told.events) == (made, "jira-reactor 2", f"{URL}2", EVENTS[:1])
    assert told.jql == ("" if isinstance(webhooks, ModernWebhooks) else "project = GATE")
    assert kept.secret == ("hush" if signs else "")
    webhooks.update(made, URL, "jira-reactor", EVENTS, jql="", secret="hush again")
    assert kept.secret == ("hush again" if signs else "")


def test_a_registration_that_was_switched_off_is_told_so_and_can_be_switched_on(
    anywhere: Connected, webhooks: AdminWebhooks
) -> None:
    made = webhooks.register(URL, "jira-reactor", EVENTS, jql="", secret="hush")
    anywhere.running.webhooks.get(int(made)).enabled = False
    assert not webhooks.list()[0].enabled
    webhooks.update(made, URL, "jira-reactor", EVENTS, jql="", secret="hush")
    assert webhooks.list()[0].enabled


def test_it_takes_an_administrator(anywhere: Connected) -> None:
    webhooks = admin_webhooks(anywhere.jira)
    with pytest.raises(Forbidden, match="Administer Jira"):
        webhooks.register(URL, "jira-reactor", EVENTS, jql="", secret="hush")
