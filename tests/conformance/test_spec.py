"""The validator itself must refuse what is wrong, or the proof of conformance proves nothing."""

import copy
from typing import Any

import pytest

from tests.conformance.spec import exchange_problems

DOCUMENT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hello"}]}],
}
COMMENT = {
    "face": "cloud",
    "method": "POST",
    "path": "/rest/api/3/issue/OPS-1/comment",
    "query": {},
    "request": {"body": DOCUMENT, "properties": [{"key": "jira-reactor", "value": {"marker": "m"}}]},
    "status": 201,
    "response": {"id": "1", "body": DOCUMENT, "created": "2026-11-23T17:11:05.650+0000"},
}
WIKI_COMMENT = {
    "face": "datacenter",
    "method": "POST",
    "path": "/rest/api/2/issue/OPS-1/comment",
    "query": {},
    "request": {"body": "Hello", "properties": [{"key": "jira-reactor", "value": {"marker": "m"}}]},
    "status": 201,
    "response": {"id": "1", "body": "Hello"},
}
SEARCH = {
    "face": "cloud",
    "method": "GET",
    "path": "/rest/api/3/issue/OPS-1/comment",
    "query": {"startAt": ["0"], "orderBy": ["-created"]},
    "request": None,
    "status": 200,
    "response": {"comments": [], "startAt": 0, "maxResults": 100, "total": 0},
}
TRANSITION = {
    "face": "cloud",
    "method": "POST",
    "path": "/rest/api/3/issue/OPS-1/transitions",
    "query": {},
    "request": {"transition": {"id": "21"}, "historyMetadata": {"type": "jira-reactor", "extraData": {"marker": "m"}}},
    "status": 204,
    "response": None,
}

WIKI_TRANSITION = {**TRANSITION, "face": "datacenter", "path": "/rest/api/2/issue/OPS-1/transitions"}


def broken(exchange: dict[str, Any], where: str, value: object) -> dict[str, Any]:
    """Copy an exchange with one thing in it changed."""
    changed = copy.deepcopy(exchange)
    *path, last = where.split(".")
    place = changed
    for step in path:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return changed


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(COMMENT, id="Cloud comment"),
        pytest.param(WIKI_COMMENT, id="Data Center comment"),
        pytest.param(SEARCH, id="query"),
        pytest.param(TRANSITION, id="transition"),
        pytest.param(broken(SEARCH, "path", "/browse/OPS-1"), id="our own page"),
        pytest.param(broken(SEARCH, "path", "/_edge/tenant_info"), id="not described but served"),
    ],
)
def test_lets_pass_what_is_right(exchange: dict[str, Any]) -> None:
    assert exchange_problems(exchange) == []


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        pytest.param(broken(COMMENT, "path", "/rest/api/3/isue/OPS-1"), "no operation", id="unknown path"),
        pytest.param(broken(COMMENT, "method", "PATCH"), "no operation", id="unknown method"),
        pytest.param(broken(COMMENT, "face", "datacenter"), "no operation", id="path of the other Jira"),
        pytest.param(broken(COMMENT, "request.body", "Hello"), "request $.body", id="text where ADF belongs"),
        pytest.param(broken(COMMENT, "request", {}), "'body' is a required property", id="missing member"),
        pytest.param(broken(COMMENT, "request", None), "no body where one is required", id="missing body"),
        pytest.param(broken(COMMENT, "request.properties.0.colour", 1), "colour", id="unknown member of a request"),
        pytest.param(broken(COMMENT, "request.body.content.0.content.0.text", ""), "request ADF", id="empty text node"),
        pytest.param(broken(COMMENT, "response.body.content.0.type", "para"), "answer ADF", id="unknown node answered"),
        pytest.param(broken(COMMENT, "response.id", 1), "answer $.id", id="number where a string belongs"),
        pytest.param(broken(COMMENT, "response.created", "yesterday"), "date-time", id="time that is none"),
        pytest.param(broken(COMMENT, "response", None), "no body where one is described", id="missing answer"),
        pytest.param(broken(COMMENT, "status", 200), "status 200 is not described", id="wrong status"),
        pytest.param(broken(WIKI_COMMENT, "request.body", DOCUMENT), "request $.body", id="ADF where text belongs"),
        pytest.param(broken(TRANSITION, "request.transition.id", 21), "transition.id", id="number for a transition"),
        pytest.param(broken(WIKI_TRANSITION, "response", {}), "a body where none is described", id="needless answer"),
        pytest.param(broken(SEARCH, "request", {}), "a body where none is described", id="body of a GET"),
        pytest.param(broken(SEARCH, "query.startat", ["0"]), "startat is not described", id="unknown query parameter"),
        pytest.param(broken(SEARCH, "query.startAt", ["one"]), "'one' is no integer", id="word for a number"),
        pytest.param(broken(SEARCH, "query.orderBy", ["updated"]), "orderBy", id="unknown order"),
        pytest.param(broken(SEARCH, "response.comments", {}), "comments", id="object where a list belongs"),
    ],
)
def test_refuses_what_is_wrong(exchange: dict[str, Any], problem: str) -> None:
    problems = exchange_problems(exchange)
    assert any(problem in found for found in problems), problems


def test_excuses_a_refused_request_but_not_its_answer() -> None:
    refused = broken(broken(COMMENT, "request.body", "Hello"), "status", 400)
    assert exchange_problems(broken(refused, "response", {"errorMessages": [], "errors": {"comment": "no"}})) == []
    assert exchange_problems(broken(refused, "response", {"message": "no"})) != []
