"""`jira-reactor demo`: the whole way once, for whoever wants to see it."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.demo import stage
from tests.reacting.waiting import eventually
from tests.stories.house import COMMAND, ROOT, children, program

KEYS = {"ok", "connection", "webhook", "deliveries", "comments", "status", "seconds", "conversation"}


def test_json_is_one_object_that_tells_all_of_it(tmp_path: Path) -> None:
    """Settings of a real installation on the same machine are none of the demo's."""
    environ = os.environ | {"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_DROID": "command"}
    ended = subprocess.run(
        [*COMMAND, "demo", "--json"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["ok"], told["status"]) == (0, True, "In Review")
    assert set(told) == KEYS
    assert all(set(delivery) == {"event", "decision", "milliseconds"} for delivery in told["deliveries"])
    assert [d["decision"] for d in told["deliveries"]].count("handled") == 5
    # A busy machine may be told how a run stands before its answer comes.
    spoken = [c["author"] for c in told["comments"] if not c["text"].startswith("**")]
    assert spoken == ["Ada", "Factory Droid", "Factory Droid"]
    second = told["conversation"]
    assert second["ok"]
    assert [c["author"] for c in second["comments"] if "export buttons" in c["text"]] == ["Factory Droid"]
    assert "CSV" in [c["text"] for c in second["comments"] if c["author"] == "Ada"]
    assert any(c["text"].startswith("**Stopped** after") for c in second["comments"])
    assert list(tmp_path.iterdir()) == []


def test_kept_it_tells_where_everything_is_until_it_is_interrupted() -> None:
    with subprocess.Popen([*COMMAND, "demo", "--keep"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        lines: list[str] = []
        while not lines or not lines[-1].startswith("Ctrl-C"):
            lines.append(demo.stdout.readline())
        told = "".join(lines)
        processes = children(demo.pid)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
    assert "Both the comment and the status change stand in Jira" in told
    [files] = [line.split()[2] for line in lines if line.startswith("Its files")]
    assert not Path(files).exists()
    eventually(lambda: not any(program(pid) for pid in processes))


class Hindered(stage.Stage):
    """A stage whose droid may comment and not move anything."""

    def register(self) -> dict[str, str]:
        self._simulator.site.forbid(self.droid, "TRANSITION_ISSUES", project="DEMO")
        return super().register()

    def assign_to_droid(self, key: str) -> None:
        super().assign_to_droid(key)
        stage._PATIENCE_SECONDS = 2.0


def test_what_is_missing_in_the_end_is_said_and_the_exit_code_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_PATIENCE_SECONDS", stage._PATIENCE_SECONDS)
    monkeypatch.setattr(stage, "Stage", Hindered)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 1
    assert "The issue did not move in time" in result.stdout
    assert "Something is missing." in result.stdout


class Broken(stage.Stage):
    """A stage on which serve cannot start."""

    def start_reactor(self) -> None:
        self.environ["JIRA_REACTOR_BIND"] = "nowhere"
        stage._PATIENCE_SECONDS = 1.5
        super().start_reactor()


def test_a_receiver_that_does_not_start_is_shown_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_PATIENCE_SECONDS", stage._PATIENCE_SECONDS)
    monkeypatch.setattr(stage, "Stage", Broken)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)
    assert "JIRA_REACTOR_BIND" in str(result.exception)


def test_the_simulator_tells_its_address_and_its_people_and_ends_on_ctrl_c() -> None:
    command = [*COMMAND, "simulator", "--face", "datacenter", "--project", "OPS", "--project", "WEB"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout
        told = json.loads(simulator.stdout.readline())
        from urllib.request import Request, urlopen

        token = told["people"]["droid"]["token"]
        request = Request(f"{told['url']}/rest/api/2/myself", headers={"Authorization": f"Bearer {token}"})
        with urlopen(request, timeout=5) as answer:
            assert json.load(answer)["displayName"] == "Factory Droid"
        simulator.send_signal(signal.SIGINT)
        assert simulator.wait(10) == 0
    assert (told["face"], told["projects"]) == ("datacenter", ["OPS", "WEB"])
