import json
from pathlib import Path

import pytest

from app.droids import listening
from app.droids.base import Turn
from app.droids.command import CommandDroid
from app.droids.finding import path
from app.droids.listening import Listener
from app.droids.recipe import Finders, Recipe
from app.events.event import Issue
from tests.droids.conftest import Agent

RECIPE = Recipe(output="jsonl", read=Finders(step=path("step"), session=path("[?id] | [-1].id")))

Told = list[tuple[str, str | None]]


def heard(*pieces: bytes, recipe: Recipe = RECIPE) -> Told:
    told: Told = []
    listener = Listener(
        recipe, tell=lambda *news: told.append(news), redact=lambda text: text.replace("plum", "[secret]")
    )
    for piece in pieces:
        listener.hear_out(piece)
    return told


def line(**event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode() + b"\n"


def test_steps_are_told_with_the_session_known_by_then():
    told = heard(line(step="Reading"), line(id="s-1"), line(step="Writing"), line(other=1))
    assert told == [("", None), ("Reading", None), ("", "s-1"), ("Writing", "s-1")]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_it_does_not_matter_where_pieces_are_cut(size: int):
    output = line(step="Größer") + line(id="s-1", step="Zwei")
    pieces = [output[start : start + size] for start in range(0, len(output), size)]
    assert heard(*pieces) == [("", None), ("Größer", None), ("Zwei", "s-1")]


def test_a_sign_of_life_is_given_once_in_a_while_only(monkeypatch: pytest.MonkeyPatch):
    assert heard(b"a", b"b", b"c", recipe=Recipe()) == [("", None)]
    monkeypatch.setattr(listening, "_BREATH", 0.0)
    assert heard(b"a", b"b", b"c", recipe=Recipe()) == [("", None)] * 3


def test_noise_on_standard_error_is_a_sign_of_life():
    told: Told = []
    Listener(RECIPE, tell=lambda *news: told.append(news), redact=str).hear_err(line(step="Reading"))
    assert told == [("", None)]


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"A new version is out!\n", id="words"),
        pytest.param(b"[1, 2]\n", id="no-object"),
        pytest.param(b"[" * 100_000 + b"\n", id="too-deep"),
        pytest.param(b"\xff\xfe\n", id="no-text"),
        pytest.param(line(step=7), id="step-no-text"),
        pytest.param(line(id="--auto=high"), id="session-that-is-an-option"),
    ],
)
def test_whatever_is_no_news_is_passed_over(noise: bytes):
    assert heard(noise, line(step="Reading")) == [("", None), ("Reading", None)]


def test_a_path_that_breaks_on_an_event_does_no_harm():
    recipe = Recipe(output="jsonl", read=Finders(step=path("join(' ', step)")))
    assert heard(line(step=7), line(step=["Still", "here"]), recipe=recipe) == [("", None), ("Still here", None)]


def test_an_endless_line_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "_LONGEST_LINE", 100)
    assert heard(b'{"step": "' + b"x" * 200, b'"}\n', line(step="Next")) == [("", None), ("Next", None)]


def test_a_step_is_one_line_without_secrets_and_not_too_long():
    [_, (step, _)] = heard(line(step="cat\n\u202eplum " + "x" * 500))
    assert step.startswith("cat [secret] xx")
    assert len(step) == 200


def test_steps_arrive_while_the_program_works(agent: Agent, tmp_path: Path):
    """The program goes on only when its step was heard."""
    waits = agent("""
        import json, os, sys, time
        print(json.dumps({"id": "s-1", "step": "Reading"}), flush=True)
        while not os.path.exists(sys.argv[1]):
            time.sleep(0.01)
        print(json.dumps({"text": "Heard."}))
    """)
    sign = tmp_path / "heard"
    told: Told = []

    def tell(step: str, session: str | None) -> None:
        told.append((step, session))
        if step:
            sign.touch()

    read = Finders(text=path("[-1].text"), step=path("step"), session=path("[0].id"))
    recipe = Recipe((*waits, str(sign)), output="jsonl", resume=("{session}",), read=read)
    report = CommandDroid(recipe).run("", about=Issue(id="1", key="OPS-7"), timeout=20, turn=Turn(tell=tell))
    assert (report.text, report.session) == ("Heard.", "s-1")
    assert told[:2] == [("", None), ("Reading", "s-1")]
