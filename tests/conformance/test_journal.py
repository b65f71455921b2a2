"""Everything the client asked and the simulator answered in the whole test run conforms to the official documents."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.spec import exchange_problems, shared

SHOWN = 40


def journal() -> list[dict[str, Any]]:
    path = Path(os.environ["JIRA_REACTOR_SIMULATOR_JOURNAL"])
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def test_holds_exchanges_of_both_faces() -> None:
    faces = Counter(exchange["face"] for exchange in journal())
    assert faces.keys() == {"cloud", "datacenter"}, f"run the whole suite, conformance judges the others: {faces}"


def test_every_exchange_conforms() -> None:
    shared()
    wrong: Counter[str] = Counter()
    for exchange in journal():
        for problem in exchange_problems(exchange):
            call = f"{exchange['face']} {exchange['method']} {exchange['path']} -> {exchange['status']}"
            wrong[f"{call}\n        {problem}"] += 1
    listed = "\n".join(f"{times:5} x {what}" for what, times in wrong.most_common(SHOWN))
    assert not wrong, f"{len(wrong)} kinds of exchange do not conform; the commonest {SHOWN}:\n{listed}"
