import json
from typing import Any

import pytest

from app.droids.output import Said, understand

INIT = {"type": "system", "subtype": "init", "session_id": "s-1", "model": "m"}
MESSAGE = {"type": "message", "role": "assistant", "text": "Working on it."}
COMPLETION = {"type": "completion", "finalText": "All done.", "numTurns": 2, "durationMs": 900, "session_id": "s-1"}
ERROR = {"type": "error", "source": "cli", "message": "Authentication failed.", "session_id": "s-1"}
RESULT = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "duration_ms": 5657,
    "num_turns": 1,
    "result": "Read it.",
    "session_id": "s-2",
    "usage": {"input_tokens": 10, "service_tier": "standard", "cached": True},
}


def lines(*events: object) -> str:
    return "\n".join(event if isinstance(event, str) else json.dumps(event) for event in events)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_result_object_gives_text_session_and_figures(indent: int | None):
    assert understand(json.dumps(RESULT, indent=indent)) == Said(
        "Read it.", "s-2", {"input_tokens": 10, "duration_ms": 5657, "num_turns": 1}
    )


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        pytest.param({"is_error": True, "result": "No credits."}, "No credits.", id="is-error"),
        pytest.param({"subtype": "failure", "result": "No credits."}, "No credits.", id="subtype"),
        pytest.param({"subtype": "failure", "result": None}, "It reported failure without saying why.", id="no-words"),
    ],
)
def test_a_result_object_that_says_error_is_a_fault(broken: dict[str, Any], fault: str):
    assert understand(json.dumps(RESULT | broken)).fault == fault


def test_a_stream_is_read_to_its_completion():
    assert understand(lines(INIT, MESSAGE, COMPLETION)) == Said("All done.", "s-1", {"numTurns": 2, "durationMs": 900})


def test_a_stream_may_end_in_a_result_object():
    said = understand(lines(INIT, {"type": "assistant", "message": {}}, RESULT))
    assert (said.text, said.session, said.fault) == ("Read it.", "s-2", "")


def test_half_a_stream_is_a_fault_that_keeps_session_and_last_message():
    said = understand(lines(INIT, MESSAGE, '{"type": "completion", "finalTe'))
    assert said == Said("Working on it.", "s-1", {}, "Its output broke off before it said how it ended.")


def test_an_error_event_is_a_fault():
    assert understand(lines(INIT, ERROR)) == Said("", "s-1", {}, "Authentication failed.")


def test_an_error_event_without_words_is_a_fault_as_well():
    assert understand(lines(INIT, {"type": "error"}, COMPLETION)).fault == "It reported an error without saying which."


def test_lines_that_are_no_events_are_passed_over_in_a_stream():
    assert understand(lines("A new version is out!", INIT, "", COMPLETION, "[1, 2]")).text == "All done."


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Plain words.\nTwo lines.", id="words"),
        pytest.param('{"type": "object", "properties": {}}', id="json-of-another-kind"),
        pytest.param('"quoted"', id="json-string"),
        pytest.param("[" * 100_000, id="json-too-deep"),
        pytest.param(f"It printed:\n\n{json.dumps(ERROR)}\n\nbut why?\nNobody knows.", id="words-that-quote-an-event"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_plain_text(answer: str):
    assert understand(answer) == Said(answer)


@pytest.mark.parametrize("session", ["--auto=high", "-s", "", "a b", "x" * 201, "a\nb", 7, None])
def test_a_session_id_that_could_be_an_option_is_not_taken(session: object):
    assert understand(json.dumps(RESULT | {"session_id": session})).session is None


def test_figures_that_are_none_are_not_taken():
    endless = json.dumps(RESULT | {"usage": {"a": 1e999, "b": None, "c": "7", "d": 0.5, "e": 10**400}})
    assert understand(endless).usage == {"d": 0.5, "duration_ms": 5657, "num_turns": 1}


def test_text_inside_json_is_made_storable():
    assert understand(json.dumps(RESULT | {"result": "a\x00b\ud800 \x1b[1mc\x1b[0m "})).text == "ab c"
