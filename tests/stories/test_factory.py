"""Factory's Droid on the board, with `jira-reactor serve` and the stand-in for its program."""

import os
from pathlib import Path

from app.storage import runs
from tests.reacting.waiting import eventually
from tests.stories.house import House

STAND_IN = Path(__file__).parents[1] / "droids" / "stand_in"


def test_it_asks_on_the_issue_for_what_it_may_not_do_and_does_it_once_somebody_said_yes(
    house: House, tmp_path: Path
) -> None:
    """The prompt is a template of the project's own, laid over the shipped one."""
    place, handlers = tmp_path / "place", tmp_path / "handlers"
    place.mkdir()
    (handlers / "prompts" / "OPS").mkdir(parents=True)
    (handlers / "prompts" / "OPS" / "answer.md.j2").write_text("[permission] Install what is missing.\n")
    house.environ["PATH"] = f"{STAND_IN}{os.pathsep}{os.environ['PATH']}"
    for name, value in {"DROID": "factory", "DROID_CWD": str(place), "HANDLERS": str(handlers)}.items():
        house.set(name, value)
    house.set_up_at_once()
    key = house.issue()
    with house.served():
        told = house.cli("doctor").stdout
        assert "/stand_in/droid, 0.215.0" in told
        house.ask(key, "please install it")
        eventually(lambda: any("npm install left-pad" in text for text in house.said(key)))
        eventually(lambda: [run.state for run in runs.latest(house.db, 5)] == ["awaiting input"])
        assert not (place / "answers").exists() or (place / "answers").read_text().split() == ["cancel"]
        house.ask(key, "yes")
        eventually(lambda: any("Installed." in text for text in house.said(key)))
        house.done()
    assert (place / "answers").read_text().split() == ["cancel", "proceed_once"]
