"""Holds requests and answers against Atlassian's own OpenAPI documents and ADF schema."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.conformance.mending import ANYTHING, mend_cloud, mend_data_center

ROOT = Path(__file__).parents[2]
#: What Jira serves but neither document describes, our simulator's own pages, and a path tests ask for in vain.
UNDESCRIBED = re.compile(
    r"^/rest/webhooks/1\.0/webhook(/|$)|^/rest/jira-webhook/1\.0/webhooks(/|$)|^/_edge/tenant_info$"
    r"|^/browse/|^/_simulator/|^/favicon\.ico$|^/rest/applinks/|^/rest/api/[23]/nowhere$"
)
#: Jira's way of saying no, and that of the gateway before it.
ERROR = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "errorMessages": {"type": "array", "items": {"type": "string"}},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        "code": {"type": "integer"},
        "message": {"type": "string"},
    },
    "oneOf": [{"required": ["errorMessages", "errors"]}, {"required": ["code", "message"]}],
}


def shared() -> Path:
    """Find the folder with the official documents; without it the test is skipped, but never in CI."""
    folder = Path(os.environ.get("JIRA_REACTOR_SHARED") or ROOT.parent / "shared")
    if not (folder / "spec").is_dir() and not os.environ.get("CI"):
        pytest.skip(f"the official specifications are not at {folder / 'spec'} (JIRA_REACTOR_SHARED)")
    return folder


@dataclass(frozen=True)
class Operation:
    """One method of one path of a document, with the schemas it refers to."""

    document: "Document"
    template: str
    content: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    def request_problems(self, query: Mapping[str, list[str]], body: Any) -> Iterator[str]:
        """Say what is wrong with a request."""
        yield from self._query_problems(query)
        described = self.content.get("requestBody")
        if described is None and body is not None:
            yield "a body where none is described"
        elif described and body is None and described.get("required"):
            yield "no body where one is required"
        elif described and body is not None:
            schema = described["content"]["application/json"].get("schema", ANYTHING)
            yield from self.document.problems(schema, body, writing=True)

    def answer_problems(self, status: int, body: Any) -> Iterator[str]:
        """Say what is wrong with an answer; errors have Jira's usual shape whether or not the document says so."""
        if status >= 400:
            yield from (problem.message for problem in Draft4Validator(ERROR).iter_errors(body))
            return
        described = self.content["responses"].get(str(status))
        if described is None:
            yield f"status {status} is not described"
            return
        schemas = [media.get("schema", ANYTHING) for media in described.get("content", {}).values()]
        if body is not None and not schemas:
            yield "a body where none is described"
        elif body is None and schemas and schemas[0]:
            yield "no body where one is described"
        elif body is not None:
            yield from self.document.problems(schemas[0], body, writing=False)

    def _query_problems(self, query: Mapping[str, list[str]]) -> Iterator[str]:
        known = {parameter["name"]: parameter for parameter in self.parameters if parameter["in"] == "query"}
        yield from (f"query parameter {name} is not described" for name in query.keys() - known.keys())
        for name, parameter in known.items():
            if parameter.get("required") and name not in query:
                yield f"query parameter {name} is missing"
            for value in query.get(name, ()):
                yield from (f"query {name}: {problem}" for problem in self._value_problems(parameter, value))

    def _value_problems(self, parameter: Mapping[str, Any], value: str) -> Iterator[str]:
        schema = parameter.get("schema", ANYTHING)
        if schema.get("type") in ("integer", "boolean"):
            try:
                yield from self.document.problems(schema, json.loads(value), writing=True)
            except ValueError:
                yield f"{value!r} is no {schema['type']}"
        elif schema.get("type") == "string":
            yield from self.document.problems(schema, value, writing=True)


class Document:
    """An OpenAPI document, its schemas compiled once; `prefix` is what its paths leave out."""

    def __init__(self, content: dict[str, Any], prefix: str = "") -> None:
        self.content = content
        self.prefix = prefix
        self._registry: Registry[Any] = Registry().with_resource("urn:spec", DRAFT4.create_resource(content))
        self._validators: dict[tuple[str, bool], Any] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        """Find what describes a request; a path with fixed words goes before one with names in it."""
        for pattern, template in self._templates:
            item = self.content["paths"][template]
            if pattern.fullmatch(path) and method.lower() in item:
                content = item[method.lower()]
                parameters = (*item.get("parameters", ()), *content.get("parameters", ()))
                return Operation(self, template, content, parameters)
        return None

    def problems(self, schema: Mapping[str, Any], value: Any, *, writing: bool) -> list[str]:
        """Say where a value departs from a schema."""
        key = json.dumps(schema, sort_keys=True), writing
        if key not in self._validators:
            make = OAS30WriteValidator if writing else OAS30ReadValidator
            self._validators[key] = make(_absolute(schema), registry=self._registry, format_checker=_formats())
        return [f"{problem.json_path}: {problem.message[:200]}" for problem in self._validators[key].iter_errors(value)]

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        ordered = sorted(self.content["paths"], key=lambda template: template.count("{"))
        return [(re.compile(self.prefix + re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in ordered]


@cache
def cloud() -> Document:
    """Read Cloud's document."""
    content = json.loads((shared() / "spec" / "jira-cloud-v3.json").read_text())
    mend_cloud(content)
    return Document(content)


@cache
def data_center() -> Document:
    """Read Data Center's document."""
    content = json.loads((shared() / "spec" / "jira-dc-10.3.json").read_text())
    mend_data_center(content)
    return Document(content, prefix="/rest")


@cache
def adf() -> Draft4Validator:
    """Read the schema of ADF."""
    return Draft4Validator(json.loads((shared() / "spec" / "adf.json").read_text()))


def adf_problems(value: Any) -> list[str]:
    """Say what is wrong with the ADF documents anywhere in a value."""
    return [problem for text in _documents(value) for problem in _document_problems(text)]


def exchange_problems(exchange: Mapping[str, Any], *, of_requests: bool = True) -> list[str]:
    """Say what is wrong with one line of the simulator's journal, or with its answer alone.

    A request the simulator refused was sent wrong on purpose or refused on purpose; its answer must still conform.
    """
    if UNDESCRIBED.search(exchange["path"]):
        return []
    document = cloud() if exchange["face"] == "cloud" else data_center()
    version = "3" if exchange["face"] == "cloud" else "2"
    operation = document.operation(exchange["method"], exchange["path"].replace("/latest/", f"/{version}/"))
    if operation is None:
        return ["no operation is described for this method and path"]
    status = exchange["status"]
    found = [f"answer {problem}" for problem in operation.answer_problems(status, exchange["response"])]
    if status < 400 and of_requests:
        asked = operation.request_problems(exchange["query"], exchange["request"])
        found += [f"request {problem}" for problem in asked]
        found += [f"request ADF {problem}" for problem in adf_problems(exchange["request"])]
    return found + [f"answer ADF {problem}" for problem in adf_problems(exchange["response"])]


def _documents(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") == "doc" and "content" in value:
            yield json.dumps(value, sort_keys=True)
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _documents(inner)


@cache
def _document_problems(text: str) -> tuple[str, ...]:
    return tuple(f"{problem.json_path}: {problem.message[:200]}" for problem in adf().iter_errors(json.loads(text)))


def _absolute(schema: Any) -> Any:
    """Make references reach the document from a schema taken out of it."""
    if isinstance(schema, Mapping):
        return {k: f"urn:spec{v}" if k == "$ref" else _absolute(v) for k, v in schema.items()}
    return [_absolute(inner) for inner in schema] if isinstance(schema, list) else schema


@cache
def _formats() -> FormatChecker:
    """Take Jira's times for times: their offset has no colon, in these documents' own examples too."""
    checker = FormatChecker(formats=())
    checker.checkers = {**oas30_format_checker.checkers, "date-time": (_is_time, ValueError)}
    return checker


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))
