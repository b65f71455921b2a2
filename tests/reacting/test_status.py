"""How a run stands, said in one line."""

from typing import Any

import pytest

from app.reacting.status import cost, duration, standing
from app.storage.runs import Run

MINUTE = 60_000


def run(state: str, **told: Any) -> Run:
    values = {"created_at": 0, "started_at": MINUTE} | told
    return Run("1", 1, "c", "10001", "OPS-1", "OPS", "mention.answer", None, 0, state=state, **values)


@pytest.mark.parametrize(
    ("state", "told", "said"),
    [
        ("pending", {}, "**Seen**, and waiting for a free place since 3 min 0 s."),
        ("pending", {"turn": 1}, "**Going on** with the answer."),
        ("active", {}, "**Working** for 2 min 0 s."),
        ("active", {"step": "Running pytest"}, "**Working** for 2 min 0 s: Running pytest"),
        ("awaiting input", {}, "**Waiting for an answer** to my question."),
        (
            "stale",
            {"seen_at": 2 * MINUTE},
            "**No sign of life** for 1 min 0 s. I go on waiting until my time is up; *stop* ends it.",
        ),
        ("complete", {"ended_at": MINUTE + 12_345}, "**Done** in 12 s."),
        ("complete", {"ended_at": MINUTE, "usage": {"0.1": {"total_cost_usd": 0.125}}}, "**Done** in 0 s, $0.12."),
        ("failed", {"ended_at": MINUTE, "reason": "No\nmodel."}, "**Failed** after 0 s: No model."),
        ("failed", {"ended_at": MINUTE}, "**Failed** after 0 s: no reason is known."),
        ("stopped", {"started_at": None, "ended_at": MINUTE, "reason": "R."}, "**Stopped** after 1 min 0 s: R."),
    ],
)
def test_each_state_has_a_line(state: str, told: dict[str, Any], said: str) -> None:
    assert standing(run(state, **told), 3 * MINUTE) == said


@pytest.mark.parametrize(("ahead", "said"), [(1, "my earlier work on this issue"), (3, "3 earlier runs on this issue")])
def test_who_waits_for_other_work_says_so(ahead: int, said: str) -> None:
    assert said in standing(run("pending"), MINUTE, ahead=ahead)


def test_a_long_reason_is_cut() -> None:
    said = standing(run("failed", ended_at=MINUTE, reason="x" * 5000), MINUTE)
    assert len(said) < 400
    assert said.endswith("…")


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [(-5, "0 s"), (59_999, "59 s"), (61_000, "1 min 1 s"), (7_260_000, "2 h 1 min"), (90_000_000, "1 d 1 h")],
)
def test_times_are_said_as_people_say_them(milliseconds: int, said: str) -> None:
    assert duration(milliseconds) == said


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        ({}, ""),
        ({"0.1": {"total_cost_usd": 1.5}, "1.1": {"total_cost_usd": 0.25}}, ", $1.75"),
        ({"0.1": {"factory_credits": 1200, "input_tokens": 7}}, ", 1,200 credits"),
        ({"0.1": {"input_tokens": 1000, "output_tokens": 234}}, ", 1,234 tokens"),
        ({"0.1": {"num_turns": 3}}, ""),
    ],
)
def test_costs_of_all_calls_are_added(usage: dict[str, Any], said: str) -> None:
    assert cost(run("complete", usage=usage)) == said
