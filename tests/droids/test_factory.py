"""The factory droid, played by a stand-in that says what the real program was observed to say."""

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.droids.base import DroidMisconfigured, DroidMissing, DroidUnstartable, Report, Turn
from app.droids.command import CommandDroid
from app.droids.factory import FactoryDroid, droid
from app.droids.recipe import Recipe
from app.events.event import Issue
from tests.droids.processes import alive, eventually, pids

ISSUE = Issue(id="1", key="OPS-7")
KEYS_PAGE = "https://app.factory.ai/settings/api-keys"


@dataclass
class Heard:
    """What a droid tells of its turn."""

    steps: list[str] = field(default_factory=list)
    signs: int = 0
    sessions: set[str | None] = field(default_factory=set)

    def tell(self, step: str, session: str | None) -> None:
        self.signs += 1
        self.sessions.add(session)
        if step:
            self.steps.append(step)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    return place


@pytest.fixture
def factory(stand_in: None, place: Path) -> FactoryDroid:
    return FactoryDroid(("STAND_IN", "MY_API_KEY"), place, grace=0.2)


def run(droid: FactoryDroid, prompt: str, **more: Any) -> Report:
    return droid.run(prompt, about=ISSUE, **{"timeout": 20.0} | more)


def answered(droid: FactoryDroid, first: Report, answer: str) -> Report:
    """Answer a droid's question in its next turn."""
    turn = Turn(question=first.question, answer=answer)
    return run(droid, f"The answer is: {answer}", session=first.session, turn=turn)


def permissions(place: Path) -> list[str]:
    return (place / "answers").read_text().split()


def test_the_answer_comes_with_session_and_figures(factory: FactoryDroid) -> None:
    report = run(factory, "[answer] Help.")
    assert (report.state, report.text, report.reason) == ("complete", "You said: [answer] Help.", "")
    assert report.session
    assert report.usage == {
        "turns": 1,
        "milliseconds": 98,
        "input_tokens": 120,
        "output_tokens": 7,
        "cache_read_tokens": 0,
        "cache_creation_tokens": 0,
        "thinking_tokens": 0,
        "factory_credits": 1.5,
    }


def test_a_session_goes_on(factory: FactoryDroid) -> None:
    first = run(factory, "[answer] Help.")
    second = run(factory, "And now?", session=first.session)
    assert (second.text, second.session) == ("You said: And now?", first.session)


def test_steps_and_signs_of_life_are_told_with_the_session(factory: FactoryDroid) -> None:
    heard = Heard()
    report = run(factory, "[steps] Mend it.", turn=Turn(tell=heard.tell))
    assert heard.steps == [
        "Reading app/printer.py",
        "Running pytest -q pytest --lf",
        "Using create_issue of github",
    ]
    # Every message is a sign of life, also those that tell no step.
    assert heard.signs > 3 * len(heard.steps)
    assert heard.sessions == {report.session}


def test_it_is_held_to_what_the_settings_and_the_turn_allow(factory: FactoryDroid, place: Path) -> None:
    held = FactoryDroid(factory.env_names, place, "claude-opus-5", ("Read", "Grep"), grace=0.2)
    told = json.loads(run(held, "[settings] Tell.", autonomy="medium").text)
    assert (told["autonomyLevel"], told["modelId"], told["interactionMode"]) == ("medium", "claude-opus-5", "auto")
    assert set(told["restrictToolIds"]) == {"Read", "Grep"}
    assert (told["cwd"], told["argv"][0]) == (str(place), "exec")
    assert {"name": "jira-reactor", "metadata": {"issue": "OPS-7"}} in told["tags"]


def test_a_continued_session_is_held_to_what_this_turn_allows(factory: FactoryDroid) -> None:
    first = run(factory, "[settings] Tell.", autonomy="high")
    assert json.loads(first.text)["autonomyLevel"] == "high"
    again = run(factory, "Tell again.", session=first.session)
    assert json.loads(again.text)["autonomyLevel"] == "off"


def test_the_prompt_is_never_an_argument_and_few_variables_arrive(
    factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JIRA_REACTOR_KEYS", "FACTORY_API_KEY", "MY_API_KEY"):
        monkeypatch.setenv(name, "plum-jam")
    told = json.loads(run(factory, "--auto=high [settings] \N{PRINTER}").text)
    assert told["argv"] == ["exec", "--input-format", "stream-jsonrpc", "--output-format", "stream-jsonrpc"]
    assert {"PATH", "HOME", "MY_API_KEY"} <= set(told["env"])
    assert not {"JIRA_REACTOR_KEYS", "FACTORY_API_KEY"} & set(told["env"])


def test_an_answer_that_must_fit_a_schema_is_json(factory: FactoryDroid) -> None:
    report = run(factory, "[structured] Judge.", turn=Turn(schema={"type": "object"}))
    assert (report.state, report.text) == ("complete", '{"priority": "High"}')


# Questions and permissions.


def test_a_question_ends_the_turn_and_its_answer_begins_the_next(factory: FactoryDroid) -> None:
    asked = run(factory, "[question] Print.")
    assert (asked.state, asked.text) == ("awaiting input", "There are two printers.")
    assert asked.question == "Which printer?\n\n- Left\n- Right"
    report = answered(factory, asked, "Left")
    assert (report.state, report.session) == ("complete", asked.session)
    assert report.text == "You said: The answer is: Left"


def test_a_permission_is_asked_for_on_the_issue(factory: FactoryDroid, place: Path) -> None:
    asked = run(factory, "[permission] Install it.")
    assert asked.state == "awaiting input"
    assert asked.question == (
        "I need a permission (medium impact: installs a package (1)).\n\n"
        "To run this command:\n\n```\nnpm install left-pad\n```\n\n"
        "Answer yes or no; yes is for this once."
    )
    assert permissions(place) == ["cancel"]


@pytest.mark.parametrize("answer", ["yes", "**Yes**, please.", "OK", "approved", "Ja.", "y"])
def test_yes_grants_the_very_same_request_once(factory: FactoryDroid, place: Path, answer: str) -> None:
    report = answered(factory, run(factory, "[permission] Install it."), answer)
    assert (report.state, report.text) == ("complete", "Installed.")
    assert permissions(place) == ["cancel", "proceed_once"]


@pytest.mark.parametrize("answer", ["no", "No, never.", "Nein"])
def test_no_refuses_it_without_asking_again(factory: FactoryDroid, place: Path, answer: str) -> None:
    report = answered(factory, run(factory, "[permission] Install it."), answer)
    assert (report.state, report.question) == ("failed", "")
    assert report.reason == (
        "It was refused this, and broke off.\n\nTo run this command:\n\n```\nnpm install left-pad\n```"
    )
    assert permissions(place) == ["cancel", "cancel"]


def test_yes_to_one_request_grants_no_other(factory: FactoryDroid, place: Path) -> None:
    report = answered(factory, run(factory, "[other permission] Install it."), "yes")
    assert report.state == "awaiting input"
    assert "npm install left-pad && npm publish" in report.question
    assert permissions(place) == ["cancel", "cancel"]


def test_a_permission_is_used_up_by_its_first_use(factory: FactoryDroid, place: Path) -> None:
    report = answered(factory, run(factory, "[twice] Install it."), "yes")
    assert permissions(place) == ["proceed_once", "cancel"]
    assert (report.state, report.text) == ("awaiting input", "Installed.")


def test_an_answer_that_decides_nothing_leaves_the_permission_to_be_asked_for(
    factory: FactoryDroid, place: Path
) -> None:
    report = answered(factory, run(factory, "[permission] Install it."), "What is left-pad?")
    assert report.state == "awaiting input"
    assert permissions(place) == ["cancel", "cancel"]


def test_yes_without_a_question_grants_nothing(factory: FactoryDroid, place: Path) -> None:
    first = run(factory, "[permission] Install it.")
    assert run(factory, "yes", session=first.session).state == "awaiting input"
    assert permissions(place) == ["cancel", "cancel"]


# Failures.


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        pytest.param("no login", f"valid FACTORY_API_KEY environment variable. Make a key at {KEYS_PAGE}", id="login"),
        pytest.param("unreachable", "Unable to reach https://api.factory.ai.", id="no network"),
        pytest.param("used up", "The account has used up what it may spend", id="used up"),
        pytest.param("no approver", "It broke off, as if somebody had interrupted it.", id="permission rejected"),
        pytest.param("says nothing", "It ended as if all were well but said nothing.", id="nothing"),
        pytest.param("silent", "with exit code 1. It wrote nothing that says why.", id="silent exit"),
        pytest.param("quits", "It ended before its work did, with exit code 0.", id="no completion"),
        pytest.param("crashes", "exit code 1. TypeError: undefined is not a function", id="crash"),
        pytest.param("is killed", "exit code 137 (killed by SIGKILL)", id="killed"),
        pytest.param("breaks off", "It sent a message that is broken.", id="broken JSON"),
    ],
)
def test_a_failure_says_why(factory: FactoryDroid, scene: str, words: str) -> None:
    report = run(factory, f"[{scene}] Help.")
    assert (report.state, report.forgotten) == ("failed", False)
    assert words in report.reason
    assert report.session


def test_what_was_said_before_a_crash_is_kept(factory: FactoryDroid) -> None:
    assert run(factory, "[crashes] Help.").text == "So far so good."


def test_an_unknown_session_is_forgotten(factory: FactoryDroid) -> None:
    report = run(factory, "Help.", session="00000000-0000-4000-8000-000000000000")
    assert (report.state, report.forgotten, report.session) == ("failed", True, None)


def test_a_program_that_ends_before_it_is_spoken_to_fails(
    factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "speechless")
    report = run(factory, "Help.")
    assert report.state == "failed"
    assert "with exit code 1" in report.reason


def test_words_between_the_messages_do_no_harm(factory: FactoryDroid) -> None:
    assert run(factory, "[chats] Help.").state == "complete"


def test_a_secret_it_was_given_is_blanked_out_everywhere(
    factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "plum-jam")
    heard = Heard()
    report = run(factory, "[leaks] Tell.", turn=Turn(tell=heard.tell))
    assert report.text == "It is [secret]."
    assert heard.steps == ["Running curl -H [secret]"]


# Ends.


def test_at_the_deadline_everything_it_started_is_killed(factory: FactoryDroid, place: Path) -> None:
    report = run(factory, "[hangs] Help.", timeout=4.0)
    assert (report.state, report.text) == ("failed", "Thinking.")
    assert "not done within 4 seconds" in report.reason
    assert not any(map(alive, pids(place, 3)))


def test_it_stops_when_told_to(factory: FactoryDroid, place: Path) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor() as pool:
        told = pool.submit(run, factory, "[hangs] Help.", turn=Turn(stop=stop.is_set))
        family = pids(place, 3)
        stop.set()
        report = told.result(20)
    assert (report.state, report.reason) == ("stopped", "It was told to stop.")
    assert not any(map(alive, family))


WORKER = """
import sys
from pathlib import Path
from app.droids.factory import FactoryDroid
from app.events.event import Issue
droid = FactoryDroid(cwd=Path(sys.argv[1]), grace=0.2)
droid.run("[hangs] Help.", about=Issue(id="1", key="OPS-7"), timeout=60)
"""


def test_nothing_outlives_a_worker_that_is_killed(factory: FactoryDroid, place: Path) -> None:
    root = Path(droid.__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", WORKER, place], cwd=root, start_new_session=True) as worker:
        family = pids(place, 3)
        assert all(map(alive, family))
        os.killpg(worker.pid, signal.SIGKILL)
    assert eventually(lambda: not any(map(alive, family)))


def test_many_work_at_once(factory: FactoryDroid) -> None:
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda number: run(factory, f"[answer] {number}"), range(4)))
    assert [report.text for report in reports] == [f"You said: [answer] {number}" for number in range(4)]
    assert len({report.session for report in reports}) == 4


# What cannot be started.


def test_a_program_that_is_not_there_is_an_error_with_its_cure(
    factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DroidMissing, match="program droid was not found") as caught:
        run(factory, "Help.")
    assert "https://docs.factory.ai/" in caught.value.cure


def test_a_program_that_is_none_is_an_error(
    factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "droid").write_text("just words")
    (tmp_path / "droid").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DroidMissing, match="droid cannot be started: Exec format error"):
        run(factory, "Help.")


def test_a_folder_that_is_not_there_is_an_error(stand_in: None, tmp_path: Path) -> None:
    with pytest.raises(DroidMisconfigured, match=r"gone.*JIRA_REACTOR_DROID_CWD"):
        run(FactoryDroid(cwd=tmp_path / "gone"), "Help.")


def test_a_machine_without_room_is_worth_another_try(factory: FactoryDroid, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("asyncio.create_subprocess_exec", full)
    with pytest.raises(DroidUnstartable):
        run(factory, "Help.")


def test_without_the_sdk_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(droid.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DroidMisconfigured, match="droid-sdk") as caught:
        FactoryDroid()
    assert "pip install 'jira-reactor[factory]'" in caught.value.cure


def test_our_own_settings_are_never_handed_out() -> None:
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_KEYS"):
        FactoryDroid(("JIRA_REACTOR_KEYS",))


# The same program as a command droid.


@pytest.mark.parametrize(
    ("scene", "form", "state", "words"),
    [
        ("", "json", "complete", "You said: Help."),
        ("", "stream-json", "complete", "You said: Help."),
        ("no login", "json", "failed", "log in using /login"),
        ("no completion", "stream-json", "failed", "log in using /login"),
        ("silent", "json", "failed", "It wrote nothing at all. Known causes:"),
    ],
)
def test_droid_exec_is_read_right_as_a_command(
    stand_in: None, monkeypatch: pytest.MonkeyPatch, scene: str, form: str, state: str, words: str
) -> None:
    monkeypatch.setenv("STAND_IN", scene)
    command = CommandDroid(Recipe(("droid", "exec", "--output-format", form)), ("STAND_IN",))
    report = command.run("Help.", about=ISSUE, timeout=20)
    assert report.state == state
    assert words in (report.reason or report.text)
