"""handlers/triage.py: a first look at new issues, where it is turned on."""

import json
from pathlib import Path

import pytest

from app.droids.base import Report
from app.events.event import Issue
from app.storage import projects
from app.testing import Rehearse, issue_created
from tests.handlers.shipped import HANDLERS, shipped
from tests.reacting.conftest import World

TRIAGE = "handlers/triage.py"
LIKE = Issue("9", "OPS-9", summary="Export button: nothing happens", status="Done")
LOOK = {
    "priority": "high",
    "why": "Nobody can export.",
    "labels": ["web ui", "export"],
    "duplicates": ["OPS-9", "OPS-404"],
    "questions": ["Which browser?", "Since when?"],
}
WRITTEN = """A first look at this issue:

- Priority: **High**
- Why: Nobody can export.
- Labels: `web-ui`, `export`
- Perhaps the same as: OPS-9

Questions:

- Which browser?
- Since when?"""

ANSWERS = [
    pytest.param(json.dumps(LOOK), id="alone"),
    pytest.param(f"Here it is:\n```json\n{json.dumps(LOOK, indent=2)}\n```\nGood luck!", id="in a fence"),
    pytest.param(f"I think {{roughly}}: {json.dumps(LOOK)} is right.", id="among words"),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_the_droid_finds_is_said_in_one_comment_and_nothing_is_set(rehearse: Rehearse, answer: str) -> None:
    said = rehearse(TRIAGE, issue_created(), droid=answer, found=[LIKE])
    assert said.comments == [WRITTEN]
    assert [write.kind for write in said.writes] == ["comment"]
    assert "> OPS-9 (Done): Export button: nothing happens" in said.prompts[0]
    assert "one of Highest, High, Medium, Low, Lowest" in said.prompts[0]


def test_what_the_droid_leaves_out_is_left_out(rehearse: Rehearse) -> None:
    said = rehearse(TRIAGE, issue_created(), droid='{"labels": ["web"], "priority": null, "mood": "fine"}')
    assert said.comments == ["A first look at this issue:\n\n- Labels: `web`"]
    assert "share words with it" not in said.prompts[0]


@pytest.mark.parametrize("answer", ["All is well.", '{"labels": "web"}', "{}", '{"priority": "urgent"}', "[1]"])
def test_what_is_not_as_asked_is_said_as_it_is(rehearse: Rehearse, answer: str) -> None:
    said = rehearse(TRIAGE, issue_created(), droid=answer)
    assert (said.comments, said.failure) == ([answer], "")


def test_who_wants_it_applied_says_so_at_its_top(rehearse: Rehearse, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "triage.md.j2").write_text("Look.")
    text = (HANDLERS / "triage.py").read_text()
    assert text.count("APPLY = False") == 1
    (tmp_path / "triage.py").write_text(text.replace("APPLY = False", "APPLY = True"))
    said = rehearse(tmp_path / "triage.py", issue_created(), droid=json.dumps(LOOK))
    assert (said.labels, said.fields) == (["web-ui", "export"], {"priority": {"name": "High"}})


def test_it_is_silent_where_it_is_not_turned_on(rehearse: Rehearse) -> None:
    said = rehearse(TRIAGE, issue_created(), turned_on=False)
    assert said.decision == "unmatched"
    assert said.reason.endswith("is not turned on for OPS; `jira-reactor projects policy OPS --turn-on triage.triage`.")


class Sorting:
    """Answers as it was asked to, naming every issue it was told of."""

    def run(self, prompt: str, **_: object) -> Report:
        keys = [line.split()[1] for line in prompt.splitlines() if line.startswith("> OPS-")]
        return Report(json.dumps({"priority": "Low", "duplicates": keys}))


def test_a_new_issue_gets_a_first_look_in_jira(here: World) -> None:
    here.worker_droid = Sorting()  # type: ignore[assignment]
    first = here.issue()
    projects.turn(here.db, here.connection.id, "OPS", "triage.triage", on=True)
    assert [run.route for run in here.react(shipped("mention"))] == []
    second = here.issue()
    [run] = here.react(shipped())
    assert (run.route, run.state, run.reason) == ("triage.triage", "complete", "")
    assert here.said(first) == []
    [look] = here.said(second)
    assert "Priority: **Low**" in look
    assert f"Perhaps the same as: {first}" in look
    assert here.site.issues[second].priority != "Low"
