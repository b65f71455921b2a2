"""How a run stands, in one line that people read in Jira."""

from collections import defaultdict
from collections.abc import Mapping

from app.storage.runs import Run

#: Figures that droids name, in the order in which the first known one is shown, and how.
_COSTS: Mapping[str, str] = {
    "total_cost_usd": "${:,.2f}",
    "cost_usd": "${:,.2f}",
    "factory_credits": "{:,.0f} credits",
    "credits": "{:,.0f} credits",
}
_TOKENS = (("input_tokens", "output_tokens"), ("total_tokens",), ("tokens",))
_LONGEST_REASON = 300


def standing(run: Run, at: int, *, ahead: int = 0) -> str:
    """Say how a run stands at a moment in milliseconds; `ahead` counts the runs it has to wait for."""
    match run.state:
        case "pending" if run.turn:
            return "**Going on** with the answer."
        case "pending":
            return f"**Seen**, and waiting for {_waits_for(ahead)} since {duration(at - run.created_at)}."
        case "awaiting input":
            return "**Waiting for an answer** to my question."
        case "stale":
            return f"**No sign of life** for {_silence(run, at)}. I go on waiting until my time is up; *stop* ends it."
        case "complete":
            return f"**Done** in {_took(run)}{cost(run)}."
        case "failed":
            return f"**Failed** after {_took(run)}{cost(run)}: {_reason(run)}"
        case "stopped":
            return f"**Stopped** after {_took(run)}{cost(run)}: {_reason(run)}"
    doing = f": {run.step}" if run.step else "."
    return f"**Working** for {duration(at - (run.started_at or run.created_at))}{doing}"


def duration(milliseconds: int) -> str:
    """Say a time the way people do: "4 s", "3 min 12 s", "2 h 5 min"."""
    seconds = max(0, milliseconds) // 1000
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def cost(run: Run) -> str:
    """Say what a run cost, as its droid counts it: money, else credits, else tokens; empty where it does not say."""
    total: defaultdict[str, float] = defaultdict(float)
    for call in run.usage.values():
        for name, figure in call.items():
            total[name] += figure
    for name, form in _COSTS.items():
        if total[name]:
            return f", {form.format(total[name])}"
    for names in _TOKENS:
        if tokens := sum(total[name] for name in names):
            return f", {tokens:,.0f} tokens"
    return ""


def _waits_for(ahead: int) -> str:
    if not ahead:
        return "a free place"
    return "my earlier work on this issue" if ahead == 1 else f"{ahead} earlier runs on this issue"


def _silence(run: Run, at: int) -> str:
    return duration(at - (run.seen_at or run.started_at or run.created_at))


def _took(run: Run) -> str:
    return duration((run.ended_at or 0) - (run.started_at or run.created_at))


def _reason(run: Run) -> str:
    line = " ".join(run.reason.split()) or "no reason is known."
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"
