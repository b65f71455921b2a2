"""Everything our client asks of Jira Cloud conforms to the official document, in the judgement of Prism."""

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from requests import PreparedRequest

from app.jira import ApiToken, RetryPolicy
from app.jira.client import JiraClient
from app.jira.cloud import CloudJira
from app.jira.dynamic_webhooks import DynamicWebhooks, dynamic_webhooks
from app.jira.errors import Invalid
from tests.conformance.prism import prism

KEY, MARKER = "ED-1", "run-1"
URL, EVENTS = "https://reactor.example.com/webhooks/jira/abc", ["jira:issue_created", "comment_created"]
VISIBLE = {"type": "role", "value": "Administrators", "identifier": "Administrators"}

#: Of each public method every way in which it asks something else of Jira.
ISSUES: dict[str, list[Callable[[CloudJira], Any]]] = {
    "myself": [lambda jira: jira.myself()],
    "server": [lambda jira: jira.server()],
    "project": [lambda jira: jira.project("EX")],
    "projects": [lambda jira: jira.projects()],
    "issue_types": [lambda jira: jira.issue_types("EX")],
    "permissions": [lambda jira: jira.permissions(), lambda jira: jira.permissions("EX")],
    "search": [lambda jira: list(jira.search("project = EX", ["summary"]))],
    "issue": [lambda jira: jira.issue(KEY)],
    "comments": [lambda jira: jira.comments(KEY)],
    "transitions": [lambda jira: jira.transitions(KEY)],
    "changelog": [lambda jira: jira.changelog(KEY)],
    "create_issue": [lambda jira: jira.create_issue("EX", "x"), lambda jira: jira.create_issue("EX", "x", "Task")],
    "delete_issue": [lambda jira: jira.delete_issue(KEY)],
    "delete_comment": [lambda jira: jira.delete_comment(KEY, "1")],
    "comment": [
        lambda jira: jira.comment(KEY, "**Hello** [~accountid:7]", marker=MARKER),
        lambda jira: jira.comment(KEY, "Hello", marker=MARKER, internal=True, visibility=VISIBLE),
        lambda jira: jira.comment(KEY, "Hello", marker=MARKER, thread="10001"),
    ],
    "is_internal": [lambda jira: jira.is_internal("1")],
    "set_fields": [lambda jira: jira.set_fields(KEY, {"priority": {"name": "High"}}, marker=MARKER)],
    "edit_comment": [lambda jira: jira.edit_comment(KEY, "1", "Hello")],
    "find_comment": [lambda jira: jira.find_comment(KEY, MARKER)],
    "transition": [
        # The document's own example of an issue has no status and may go to this one.
        lambda jira: jira.transition(KEY, "In Progress", marker=MARKER),
        lambda jira: jira.transition(KEY, "In Progress", marker=MARKER, fields={"resolution": {"name": "Done"}}),
    ],
    "assign": [
        lambda jira: jira.assign(KEY, "712020:7", marker=MARKER),
        lambda jira: jira.assign(KEY, None, marker=MARKER),
    ],
    "label": [lambda jira: jira.label(KEY, add=["red"], remove=["blue"], marker=MARKER)],
    "find_change": [lambda jira: jira.find_change(KEY, MARKER)],
    "remote_link": [lambda jira: jira.remote_link(KEY, "https://example.com", "a page", marker=MARKER)],
    "set_property": [lambda jira: jira.set_property(KEY, "run", {"number": 7})],
    "get_property": [lambda jira: jira.get_property(KEY, "run")],
}
WEBHOOKS: dict[str, list[Callable[[DynamicWebhooks], Any]]] = {
    "register": [lambda webhooks: webhooks.register(URL, EVENTS, "project IN (EX)")],
    "list": [lambda webhooks: webhooks.list()],
    "refresh": [lambda webhooks: webhooks.refresh(["1"])],
    "remove": [lambda webhooks: webhooks.remove(["1"])],
}
#: Methods that ask Jira nothing.
SILENT = {"fits", "mention"}


class Noted(ApiToken):
    """Signs requests and notes their answers."""

    def __init__(self) -> None:
        super().__init__("droid@example.com", "token")
        self.answers: list[requests.Response] = []

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.register_hook("response", lambda answer, **_: self.answers.append(answer))
        return super().__call__(request)


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def violations(answer: requests.Response) -> list[Any]:
    """Read what Prism found in the request; of its own answers it complains too, being made of flawed examples."""
    found = json.loads(answer.headers.get("sl-violations", "[]"))
    return [violation for violation in found if violation["location"][0] == "request"]


CASES = [
    pytest.param(ask, name in WEBHOOKS, id=f"{name} {number}")
    for name, asks in {**ISSUES, **WEBHOOKS}.items()
    for number, ask in enumerate(asks, 1)
]


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def jira(mock: str, noted: Noted) -> CloudJira:
    return CloudJira(JiraClient(mock, noted, retries=RetryPolicy(most=0)))


def test_asks_for_every_public_method() -> None:
    assert ISSUES.keys() | SILENT == public(CloudJira), "give ISSUES a case of the new method"
    assert WEBHOOKS.keys() == public(DynamicWebhooks), "give WEBHOOKS a case of the new method"


@pytest.mark.parametrize(("ask", "of_webhooks"), CASES)
def test_prism_finds_nothing_wrong(jira: CloudJira, noted: Noted, ask: Callable[[Any], Any], of_webhooks: bool) -> None:
    ask(dynamic_webhooks(jira) if of_webhooks else jira)
    assert noted.answers
    told = [(answer.status_code, violations(answer)) for answer in noted.answers]
    assert all(status < 300 and not found for status, found in told), told


def test_prism_refuses_what_is_wrong(jira: CloudJira) -> None:
    with pytest.raises(Invalid):
        jira.client.send("POST", "/rest/api/3/webhook", body={"url": URL, "webhooks": [{"events": EVENTS}]})
    with pytest.raises(Invalid):
        jira.client.send("POST", f"/rest/api/3/issue/{KEY}/comment", body={"body": "no document"})
