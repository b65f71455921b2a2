"""The JSON in what a droid said."""

import pytest

from app.droids.base import Report

SAID = [
    pytest.param('{"a": 1}', {"a": 1}, id="alone"),
    pytest.param('Look:\n```json\n{"a": 1}\n```\n', {"a": 1}, id="in a fence"),
    pytest.param('```\nnone\n```\n\n```\n{"a": 1}\n```\n', {"a": 1}, id="in the second fence"),
    pytest.param('It {seems} so: {"a": {"b": "}"}}, I think. {"c": 2}', {"a": {"b": "}"}}, id="among words"),
    pytest.param("[1, 2]", None, id="a list"),
    pytest.param("Nothing {here", None, id="none"),
    pytest.param('{"a":' * 50_000, None, id="never closed"),
    pytest.param("{" * 200 + '{"a": 1}', None, id="after too many braces"),
    pytest.param("", None, id="nothing"),
]


@pytest.mark.parametrize(("text", "data"), SAID)
def test_the_first_object_is_found_wherever_it_stands(text: str, data: object) -> None:
    assert Report(text).data == data
