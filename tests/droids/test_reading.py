import json

import pytest

from app.droids.base import Report
from app.droids.reading import read
from app.droids.recipe import Recipe
from app.droids.running import Ended

RESULT = {"type": "result", "subtype": "success", "is_error": False, "result": "Done.", "session_id": "s-1"}


def judged(ended: Ended) -> Report:
    return read(ended, recipe=Recipe(), timeout=30, redact=lambda text: text.replace("plum", "[secret]"))


def test_exit_0_with_text_is_complete():
    assert judged(Ended(0, b"  Fine.\n", b"warning")) == Report("Fine.", "complete")


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        pytest.param(Ended(1), "exit code 1. It wrote nothing at all. Known causes: a session", id="1-silent"),
        pytest.param(Ended(1, b"", b"a\n\nno key\n"), "exit code 1. a\nno key", id="1-stderr"),
        pytest.param(Ended(1, b"no key", b""), "exit code 1. no key", id="1-stdout"),
        pytest.param(Ended(1, b"", b"1\n2\n3\n4\n5\n6\n7"), "exit code 1. 3\n4\n5\n6\n7", id="last-lines-of-stderr"),
        pytest.param(Ended(2, json.dumps(RESULT).encode()), "exit code 2.", id="code-outweighs-a-good-result"),
        pytest.param(
            Ended(1, json.dumps(RESULT | {"is_error": True, "result": "Bad key."}).encode(), b"noise"),
            "exit code 1. Bad key.",
            id="words-of-the-result-outweigh-stderr",
        ),
        pytest.param(
            Ended(1, b'{"type": "system", "subtype": "init"}', b"Bad key.\n"),
            "exit code 1. Bad key.",
            id="stderr-outweighs-a-stream-that-broke-off",
        ),
        pytest.param(Ended(1, b'{"type": "system"}'), "exit code 1. Its output broke off", id="1-broken-off"),
        pytest.param(
            Ended(0, json.dumps(RESULT | {"is_error": True, "result": "Bad key."}).encode()), "Bad key.", id="0-error"
        ),
        pytest.param(Ended(0), "It ended as if all were well but said nothing.", id="0-silent"),
        pytest.param(Ended(0, b" \n\x1b[0m", b"hm"), "but said nothing. hm", id="0-blank"),
        pytest.param(Ended(0, json.dumps(RESULT | {"result": ""}).encode()), "but said nothing.", id="0-empty-result"),
        pytest.param(Ended(137), "exit code 137 (killed by SIGKILL).", id="killed"),
        pytest.param(Ended(-9), "exit code -9 (killed by SIGKILL).", id="leash-killed"),
        pytest.param(Ended(255), "exit code 255. ", id="no-signal"),
        pytest.param(Ended(143, because="deadline"), "not done within 30 seconds", id="deadline"),
        pytest.param(Ended(0, b"Late.", because="deadline"), "not done within 30 seconds", id="deadline-with-exit-0"),
    ],
)
def test_a_failure_is_a_report_with_its_reason(ended: Ended, reason: str):
    report = judged(ended)
    assert report.state == "failed"
    assert reason in report.reason


def test_a_stopped_program_is_stopped_and_keeps_what_it_said():
    report = judged(Ended(143, b"Half an answ", because="stop"))
    assert (report.state, report.text, report.reason) == ("stopped", "Half an answ", "It was told to stop.")


def test_secrets_leave_neither_in_text_nor_in_reason():
    report = judged(Ended(1, b"the plum", b"bad plum"))
    assert (report.text, report.reason) == ("the [secret]", "It ended with exit code 1. bad [secret]")


def test_a_long_reason_is_cut_after_redaction():
    assert len(judged(Ended(1, b"", b"plum" * 1000)).reason) == 1000


def test_output_that_was_left_out_is_told():
    assert judged(Ended(0, b"the end", left_out=12)).text == (
        "(The first 12 bytes of the program's output are left out.)\n\nthe end"
    )


def test_bytes_that_are_no_text_are_replaced():
    assert judged(Ended(0, b"a\xffb")).text == "a\N{REPLACEMENT CHARACTER}b"
