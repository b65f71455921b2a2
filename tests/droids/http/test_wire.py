import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.droids.http import wire
from app.droids.http.wire import WrongShape, read_callback, read_report

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
STATES = st.sampled_from([*wire.ENDS.values(), "stopped", "working", "done"])
REPORTS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text() | ANYTHING,
        "state": STATES | ANYTHING,
        "session": st.text(max_size=30) | ANYTHING,
        "usage": st.dictionaries(st.text(max_size=10), ANYTHING, max_size=3) | ANYTHING,
        "question": st.text() | ANYTHING,
        "reason": st.text() | ANYTHING,
        "step": st.text() | ANYTHING,
        "task": st.from_regex(r"[a-z\x00]{1,5}/[0-9]{1,12}") | ANYTHING,
    },
)
MESSAGES = st.fixed_dictionaries(
    {}, optional={"type": st.sampled_from([*wire.ENDS, wire.PROGRESS]) | ANYTHING, "data": REPORTS | ANYTHING}
)


@given(st.binary() | MESSAGES.map(lambda message: json.dumps(message).encode()))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    for read in (read_callback, read_report):
        with suppress(WrongShape):
            read(body)
    assert wire.read_session(body) is None or wire.read_session(body)


@given(REPORTS)
def test_what_is_read_can_be_stored_and_said(said: Any) -> None:
    try:
        report = read_report(json.dumps(said).encode())
    except WrongShape:
        return
    for text in (report.text, report.question, report.reason, report.session or ""):
        assert "\x00" not in text
        text.encode()
    json.dumps(report.usage, allow_nan=False)
    assert report.text or report.state != "complete"
    assert report.question or report.state != "awaiting input"


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_beyond_measure_is_refused(digits: int) -> None:
    with pytest.raises(WrongShape):
        read_report(b'{"text": "x", "usage": {"tokens": 1' + b"0" * digits + b"}}")
