import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import structlog

from app.droids.base import DroidMisconfigured, DroidUnstartable, Remote, Report, Turn
from app.droids.http import droid as module
from app.droids.http.droid import HttpDroid
from app.droids.http.posting import LONGEST_WAIT, MOST_BYTES
from app.events.event import Issue
from tests.droids.http.conftest import PUBLIC
from tests.droids.http.remote import SECRET, signature
from tests.droids.http.remote import Remote as There

KEY = "000000000007-00-mention.answer/3"


def ask(droid: HttpDroid, issue: Issue, **more: Any) -> Report:
    return droid.run("Fix it.", about=issue, **({"timeout": 30, "turn": Turn(key=KEY)} | more))


def test_the_task_says_everything_and_is_signed(droid: HttpDroid, remote: There, issue: Issue) -> None:
    before = datetime.now(UTC)
    turn = Turn(key=KEY, question="Which printer?", answer="The red one.")
    ask(droid, issue, session="s1", autonomy="low", timeout=600, turn=turn)
    [(headers, body)] = remote.asked
    assert headers["webhook-id"] == KEY
    assert headers["webhook-signature"] == signature(SECRET, KEY, headers["webhook-timestamp"], body)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["content-type"] == "application/json"
    told = remote.last()
    deadline = datetime.fromisoformat(told["data"].pop("deadline"))
    assert before + timedelta(seconds=599) <= deadline <= datetime.now(UTC) + timedelta(seconds=600)
    assert datetime.fromisoformat(told.pop("timestamp")).tzinfo
    assert told == {
        "type": "task.created",
        "data": {
            "task": KEY,
            "issue": {
                "key": "OPS-7",
                "summary": "The printer is on fire",
                "project": "OPS",
                "type": "Bug",
                "status": "In Progress",
                "labels": ["hot", "hardware"],
            },
            "prompt": "Fix it.",
            "session": "s1",
            "autonomy": "low",
            "question": "Which printer?",
            "answer": "The red one.",
            "callback": f"{PUBLIC}/droids/callback",
        },
    }


def test_no_credentials_of_this_machine_go_along(
    droid: HttpDroid, remote: There, issue: Issue, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ask(droid, issue)
    [(headers, _)] = remote.asked
    assert not {"authorization", "cookie", "proxy-authorization"} & headers.keys()


def test_an_answer_at_once_is_the_report(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(200, {"text": "done\r\n\x1b[1m!", "session": "s2", "usage": {"tokens": 7}, "later": "addition"})
    assert ask(droid, issue) == Report("done\n!", session="s2", usage={"tokens": 7})


def test_a_question_and_a_failure_are_answers_too(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(200, {"state": "awaiting input", "question": "Which one?"})
    assert ask(droid, issue, session="s1") == Report("", "awaiting input", question="Which one?", session="s1")
    remote.says(200, {"state": "failed", "reason": "no repository", "text": "I got as far as this."})
    assert ask(droid, issue) == Report("I got as far as this.", "failed", reason="no repository")


@pytest.mark.parametrize("said", [None, b"Accepted", b"[]", {"session": 5}, {"session": ""}])
def test_a_promise_to_work_needs_to_say_no_more(droid: HttpDroid, remote: There, issue: Issue, said: object) -> None:
    remote.says(202, said)
    assert ask(droid, issue, session="s1") == Report("", "working", session="s1")


def test_a_promise_may_name_a_session(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(202, {"session": "s2"})
    assert ask(droid, issue).session == "s2"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"<html>", "It is not JSON."),
        (b"[" * 100_000, "It is not JSON."),
        ([], "It is not a JSON object."),
        ({}, "text: Missing, and the state is 'complete'."),
        ({"text": " \n"}, "text: Missing, and the state is 'complete'."),
        ({"text": 5}, "text: Not a valid string."),
        ({"text": None}, "text: Field may not be null."),
        ({"state": "awaiting input"}, "question: Missing, and the state is 'awaiting input'."),
        ({"text": "x", "state": "working"}, "state: Must be one of"),
        ({"text": "x", "session": "a\nb"}, "session: Not 1 to 500 printable ASCII characters."),
        ({"text": "x", "usage": {"tokens": "many"}}, "usage.tokens: Not a valid number."),
        ({"text": "x", "usage": {"tokens": float("nan")}}, "usage.tokens: Special numeric values"),
        ({"text": "x", "usage": [1]}, "usage: Not a valid mapping type."),
        ({"text": "x" * 500_001}, "text: Longer than maximum length 500000."),
    ],
)
def test_a_wrong_shape_is_a_failure_that_names_the_field(
    droid: HttpDroid, remote: There, issue: Issue, said: object, reason: str
) -> None:
    remote.says(200, said)
    report = ask(droid, issue)
    assert report.state == "failed"
    assert reason in report.reason


def test_an_endless_answer_is_read_no_further(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(200, b'{"text": "' + b"x" * MOST_BYTES + b'"}')
    assert ask(droid, issue).reason == "The remote droid's answer is longer than a megabyte."


@pytest.mark.parametrize("status", [400, 401, 404, 409, 410, 422, 201, 204])
def test_a_refusal_fails_with_the_status_and_the_first_line(
    droid: HttpDroid, remote: There, issue: Issue, status: int
) -> None:
    remote.says(status, None if status == 204 else b"\n <b>no such repository</b>\nat line 5")
    report = ask(droid, issue)
    assert report.state == "failed"
    line = "." if status == 204 else ": <b>no such repository</b>."
    assert report.reason == f"The remote droid did not take the task: it answered {status}{line}"


def test_a_redirect_is_told_and_not_followed(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(307, None, Location=f"{remote.url}/elsewhere")
    report = ask(droid, issue)
    assert (report.state, len(remote.asked)) == ("failed", 1)
    assert f"sends us to {remote.url}/elsewhere" in report.reason


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 599])
def test_what_passes_is_worth_another_try_under_the_same_key(
    droid: HttpDroid, remote: There, issue: Issue, status: int
) -> None:
    remote.says(status, b"busy", Retry_After="7")
    for _ in range(2):
        with pytest.raises(DroidUnstartable, match=f"it answered {status}: busy") as caught:
            ask(droid, issue)
        assert caught.value.transient
        assert caught.value.retry_after == 7
    assert [headers["webhook-id"] for headers, _ in remote.asked] == [KEY, KEY]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param("999999", LONGEST_WAIT, LONGEST_WAIT, id="seconds"),
        pytest.param(format_datetime(datetime(2000, 1, 1, tzinfo=UTC), usegmt=True), 0, 0, id="a day long gone"),
        pytest.param(
            format_datetime(datetime.now(UTC) + timedelta(days=9), usegmt=True), LONGEST_WAIT, LONGEST_WAIT, id="a day"
        ),
        pytest.param("soon", None, None, id="a word"),
        pytest.param("-5", None, None, id="less than nothing"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_the_wait_asked_for_is_bounded(
    droid: HttpDroid, remote: There, issue: Issue, header: str, least: float | None, most: float | None
) -> None:
    remote.says(503, b"", Retry_After=header)
    with pytest.raises(DroidUnstartable) as caught:
        ask(droid, issue)
    wait = caught.value.retry_after
    assert wait == least if least is None or most is None or wait is None else least <= wait <= most


def test_nobody_there_is_worth_another_try(issue: Issue) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DroidUnstartable, match="could not be reached"):
            ask(HttpDroid(url, SECRET, PUBLIC, ("127.0.0.1",)), issue)


def test_an_answer_that_does_not_come_is_given_up(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(200, b"xx")
    remote.drip = 0.5
    with pytest.raises(DroidUnstartable, match="did not answer in time"):
        ask(droid, issue, timeout=0.2)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_drips_is_given_up(droid: HttpDroid, remote: There, issue: Issue, chunked: bool) -> None:
    """Each byte comes in time, all of them together do not."""
    remote.says(200, b"x" * 300)
    remote.drip, remote.chunked = 0.01, chunked
    with pytest.raises(DroidUnstartable, match="did not answer in time"):
        ask(droid, issue, timeout=0.5)


def test_an_answer_in_pieces_is_put_together(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.drip, remote.chunked = 0.001, True
    assert ask(droid, issue).text == "done"


def test_an_answer_that_breaks_off_is_worth_another_try(droid: HttpDroid, remote: There, issue: Issue) -> None:
    remote.says(200, b'{"text": ', Content_Length="100")
    with pytest.raises(DroidUnstartable, match="could not be reached"):
        ask(droid, issue)


def test_a_stopped_turn_is_not_handed_over(droid: HttpDroid, remote: There, issue: Issue) -> None:
    report = ask(droid, issue, turn=Turn(key=KEY, stop=lambda: True))
    assert (report.state, remote.asked) == ("stopped", [])


def test_a_turn_nobody_watches_has_a_key_of_its_own(droid: HttpDroid, remote: There, issue: Issue) -> None:
    for _ in range(2):
        ask(droid, issue, turn=Turn())
    ids = [headers["webhook-id"] for headers, _ in remote.asked]
    assert len(set(ids)) == 2
    assert all(ids)


def test_a_key_that_no_header_holds_is_quoted_there(droid: HttpDroid, remote: There, issue: Issue) -> None:
    key = "000000000007-00-größe.mässe/1"
    ask(droid, issue, turn=Turn(key=key))
    [(headers, body)] = remote.asked
    assert headers["webhook-id"] == "000000000007-00-gr%C3%B6%C3%9Fe.m%C3%A4sse/1"
    assert headers["webhook-signature"] == signature(SECRET, headers["webhook-id"], headers["webhook-timestamp"], body)
    assert remote.last()["data"]["task"] == key


def test_cancelling_tells_the_far_side(droid: HttpDroid, remote: There) -> None:
    assert isinstance(droid, Remote)
    droid.cancel(KEY)
    [(headers, body)] = remote.asked
    assert headers["webhook-id"] == f"{KEY}/stopped"
    assert headers["webhook-signature"] == signature(SECRET, f"{KEY}/stopped", headers["webhook-timestamp"], body)
    told = remote.last()
    assert (told["type"], told["data"]) == ("task.stopped", {"task": KEY})


def test_cancelling_never_raises(droid: HttpDroid, remote: There) -> None:
    remote.says(500, b"broken")
    with structlog.testing.capture_logs() as logs:
        droid.cancel(KEY)
        HttpDroid("https://127.0.0.1:1", SECRET, PUBLIC).cancel(KEY)
        HttpDroid("http://127.0.0.1:1", SECRET, PUBLIC, ("127.0.0.1",)).cancel(KEY)
    assert [entry["event"] for entry in logs] == ["remote droid not stopped"] * 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": ""}, "JIRA_REACTOR_DROID_URL"),
        ({"secret": ""}, "JIRA_REACTOR_DROID_SECRET"),
        ({"public_url": ""}, "JIRA_REACTOR_PUBLIC_URL"),
        ({"url": "http://agents.example.com"}, "JIRA_REACTOR_DROID_URL is not https"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_made(change: dict[str, str], named: str) -> None:
    whole = {"url": "https://agents.example.com", "secret": SECRET, "public_url": PUBLIC}
    HttpDroid(**whole)
    with pytest.raises(DroidMisconfigured, match=named):
        HttpDroid(**(whole | change))


def test_the_secret_is_not_shown(droid: HttpDroid) -> None:
    assert SECRET not in repr(droid)


def test_answers_are_waited_for_no_longer_than_the_turn_may_take(
    droid: HttpDroid, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []
    answer = module.Answer(202, b"")
    monkeypatch.setattr(module, "post", lambda *given: (waits.append(given[-1]), answer)[1])
    for timeout in (5, 1800):
        ask(droid, issue, timeout=timeout)
    assert waits == [5, module.ANSWER_SECONDS]
