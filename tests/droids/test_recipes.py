"""Each shipped recipe drives a stand-in, which is asked as the real program would be and prints what that prints."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.droids.base import Autonomy, DroidMisconfigured, Report, Turn
from app.droids.cookbook import find_recipe, names
from app.droids.making import make
from app.events.event import Issue
from app.settings import Settings

PROMPT = "--auto=high \N{PRINTER} obey"
SESSION = "11111111-2222-3333-4444-555555555555"

Lines = list[Mapping[str, Any]]


@dataclass(frozen=True)
class Printed:
    """What a program prints, and how it ends."""

    out: Lines | str = ""
    err: str = ""
    code: int = 0


@dataclass(frozen=True)
class Example:
    """What one program prints in four cases, and how that is to be read."""

    #: Arguments without a session, and those that are added to continue one.
    argv: list[str]
    resume: list[str]
    done: Printed
    usage: Mapping[str, float]
    steps: list[str]
    failed: Printed
    reason: str
    forgotten: Printed | None = None
    session: str | None = SESSION
    most: list[str] = field(default_factory=list)
    answer: str = "Hello there."
    #: The variable that says how far it may go, where no argument does.
    bounded_by: str = ""


# Observed with claude 2.1.197 and a model that runs on this machine, cut to what is read; the tool's call is as the
# Messages API has it, https://docs.claude.com/en/api/messages
CLAUDE = Example(
    argv=[
        *("--print", "--output-format", "stream-json", "--verbose"),
        *("--permission-mode", "dontAsk", "--tools", "Read,Grep,Glob"),
    ],
    most=["--permission-mode", "bypassPermissions"],
    resume=["--resume", SESSION],
    done=Printed(
        [
            {"type": "system", "subtype": "init", "session_id": SESSION, "permissionMode": "dontAsk"},
            {
                "type": "assistant",
                "message": {"content": [{"type": "tool_use", "name": "Read", "input": {"file_path": "a.py"}}]},
                "session_id": SESSION,
            },
            {
                "type": "assistant",
                "message": {"content": [{"type": "text", "text": "Hello there."}]},
                "session_id": SESSION,
            },
            {
                "type": "result",
                "subtype": "success",
                "is_error": False,
                "duration_ms": 70,
                "num_turns": 1,
                "result": "Hello there.",
                "session_id": SESSION,
                "total_cost_usd": 0.000175,
                "usage": {"input_tokens": 10, "output_tokens": 5, "service_tier": "standard"},
            },
        ]
    ),
    usage={"input_tokens": 10, "output_tokens": 5, "turns": 1, "duration_ms": 70, "total_cost_usd": 0.000175},
    steps=["Read a.py", "Hello there."],
    failed=Printed(
        [
            {
                "type": "result",
                "subtype": "success",
                "is_error": True,
                "result": "Not logged in \N{MIDDLE DOT} Please run /login",
                "session_id": SESSION,
            }
        ],
        code=1,
    ),
    reason="Not logged in \N{MIDDLE DOT} Please run /login",
    forgotten=Printed(
        [
            {
                "type": "result",
                "subtype": "error_during_execution",
                "is_error": True,
                "session_id": SESSION,
                "errors": [f"No conversation found with session ID: {SESSION}"],
            }
        ],
        f"No conversation found with session ID: {SESSION}\n",
        1,
    ),
)

# Observed with codex 0.169.0 and a model that runs on this machine; the command's item is as its source declares it,
# https://github.com/openai/codex/blob/main/codex-rs/exec/src/exec_events.rs
CODEX = Example(
    argv=["exec", "--json", "--skip-git-repo-check", "--sandbox", "read-only"],
    most=["--sandbox", "danger-full-access"],
    resume=["resume", SESSION, "-"],
    done=Printed(
        [
            {"type": "thread.started", "thread_id": SESSION},
            {"type": "turn.started"},
            {"type": "error", "message": "Reconnecting... 2/5 (stream disconnected before completion)"},
            {"type": "item.started", "item": {"id": "item_0", "type": "command_execution", "command": "ls"}},
            {"type": "item.completed", "item": {"id": "item_0", "type": "command_execution", "command": "ls"}},
            {"type": "item.completed", "item": {"id": "item_1", "type": "agent_message", "text": "Hello there."}},
            {"type": "turn.completed", "usage": {"input_tokens": 10, "cached_input_tokens": 2, "output_tokens": 5}},
        ]
    ),
    usage={"input_tokens": 10, "cached_input_tokens": 2, "output_tokens": 5},
    steps=["ls", "Hello there."],
    failed=Printed(
        [
            {"type": "thread.started", "thread_id": SESSION},
            {"type": "turn.failed", "error": {"message": "unexpected status 401 Unauthorized"}},
        ],
        code=1,
    ),
    reason="unexpected status 401 Unauthorized",
    forgotten=Printed(
        err=f"Error: thread/resume: thread/resume failed: no rollout found for thread id {SESSION} (code -32600)\n",
        code=1,
    ),
)

# Observed with gemini 0.61.0 and a model that runs on this machine; the tool's events are as its source declares them,
# https://github.com/google-gemini/gemini-cli/blob/main/packages/core/src/output/types.ts
GEMINI = Example(
    argv=["--output-format", "stream-json", "--skip-trust", "--approval-mode", "plan"],
    most=["--approval-mode", "yolo"],
    resume=["--resume", SESSION],
    done=Printed(
        [
            {"type": "init", "session_id": SESSION, "model": "gemini-2.5-flash"},
            {"type": "message", "role": "user", "content": "hi"},
            {"type": "message", "role": "assistant", "content": "I look first.", "delta": True},
            {"type": "tool_use", "tool_name": "read_file", "tool_id": "1", "parameters": {"file_path": "a.py"}},
            {"type": "tool_result", "tool_id": "1", "status": "success", "output": ""},
            {"type": "message", "role": "assistant", "content": "Hello", "delta": True},
            {"type": "message", "role": "assistant", "content": " there.", "delta": True},
            {
                "type": "result",
                "status": "success",
                "stats": {"input_tokens": 10, "output_tokens": 5, "duration_ms": 38, "tool_calls": 1, "models": {}},
            },
        ],
        "Ripgrep is not available. Falling back to GrepTool.\n",
    ),
    usage={"input_tokens": 10, "output_tokens": 5, "duration_ms": 38, "tool_calls": 1},
    steps=["read_file a.py"],
    failed=Printed(err="Please set an Auth method in your settings.json\n", code=41),
    reason="exit code 41. Please set an Auth method",
    forgotten=Printed(err=f'Error resuming session: Invalid session identifier "{SESSION}".\n', code=42),
)

# Observed with opencode 1.18.33 and a model that runs on this machine; the tool's event is as its source prints it,
# https://github.com/sst/opencode/blob/dev/packages/opencode/src/cli/cmd/run.ts
OPENCODE_FINISH = {"type": "step-finish", "tokens": {"input": 10, "output": 5, "reasoning": 0}, "cost": 0.5}
OPENCODE = Example(
    argv=["run", "--format", "json"],
    bounded_by="OPENCODE_PERMISSION",
    resume=["--session", "ses_df01a6c47ffeEwGp7v7ouMaoEP"],
    session="ses_df01a6c47ffeEwGp7v7ouMaoEP",
    done=Printed(
        [
            {"sessionID": "ses_df01a6c47ffeEwGp7v7ouMaoEP", **event}
            for event in (
                {"type": "step_start", "part": {"type": "step-start"}},
                {"type": "text", "part": {"type": "text", "text": "I look first."}},
                {"type": "tool_use", "part": {"tool": "read", "state": {"title": "a.py", "input": {}}}},
                {"type": "step_finish", "part": OPENCODE_FINISH | {"reason": "tool-calls"}},
                {"type": "text", "part": {"type": "text", "text": "Hello there."}},
                {"type": "step_finish", "part": OPENCODE_FINISH | {"reason": "stop"}},
            )
        ]
    ),
    usage={"input_tokens": 20, "output_tokens": 10, "cost": 1.0},
    steps=["I look first.", "read a.py", "Hello there."],
    failed=Printed(
        [
            {
                "type": "error",
                "sessionID": "ses_df01a6c47ffeEwGp7v7ouMaoEP",
                "error": {"name": "APIError", "data": {"message": "Cannot connect to API: Unable to connect."}},
            }
        ]
    ),
    reason="Cannot connect to API: Unable to connect.",
    forgotten=Printed(err="\x1b[91m\x1b[1mError: \x1b[0mSession not found\n", code=1),
)

# Observed with droid 0.215.0 and no account; what only an account sees is as programs that read it tell.
DROID = Example(
    argv=["exec", "--output-format", "stream-json"],
    most=["--auto", "high"],
    resume=["--session-id", SESSION],
    done=Printed(
        [
            {"type": "system", "subtype": "init", "session_id": SESSION, "model": "gpt-5.6-sol"},
            {"type": "message", "role": "user", "text": "hi"},
            {"type": "tool_call", "toolName": "Read", "parameters": {"file_path": "a.py"}},
            {"type": "tool_result", "isError": False, "value": ""},
            {"type": "message", "role": "assistant", "text": "Hello there."},
            {
                "type": "completion",
                "finalText": "Hello there.",
                "numTurns": 2,
                "durationMs": 900,
                "session_id": SESSION,
            },
        ]
    ),
    usage={"turns": 2, "duration_ms": 900},
    steps=["Read a.py", "Hello there."],
    failed=Printed(
        [
            {"type": "system", "subtype": "init", "session_id": SESSION},
            {"type": "error", "source": "cli", "message": "Error: Authentication failed.", "session_id": SESSION},
        ],
        code=1,
    ),
    reason="exit code 1. Error: Authentication failed.",
    forgotten=Printed(code=1),
)

# As its maker documents it: https://cursor.com/docs/cli/reference/output-format
CURSOR = Example(
    argv=["--print", "--output-format", "stream-json", "--trust", "--mode", "ask"],
    most=["--force"],
    resume=["--resume", SESSION],
    done=Printed(
        [
            {"type": "system", "subtype": "init", "session_id": SESSION, "permissionMode": "default"},
            {
                "type": "tool_call",
                "subtype": "started",
                "tool_call": {"readToolCall": {"args": {"path": "a.py"}}},
                "session_id": SESSION,
            },
            {
                "type": "assistant",
                "message": {"role": "assistant", "content": [{"type": "text", "text": "Hello there."}]},
                "session_id": SESSION,
            },
            {
                "type": "result",
                "subtype": "success",
                "is_error": False,
                "duration_ms": 1234,
                "result": "Hello there.",
                "session_id": SESSION,
            },
        ]
    ),
    usage={"duration_ms": 1234},
    steps=["readToolCall a.py", "Hello there."],
    failed=Printed(err="Error: Authentication required. Please run 'agent login' first\n", code=1),
    reason="exit code 1. Error: Authentication required.",
)

# Observed with aider 0.86.2; the answer follows its banner.
AIDER = Example(
    argv=[
        *(
            "--message-file",
            "PROMPT_FILE",
            "--no-pretty",
            "--no-stream",
            "--no-check-update",
            "--no-show-release-notes",
        ),
        *("--analytics-disable", "--no-gitignore", "--no-detect-urls", "--no-suggest-shell-commands"),
        *("--no-show-model-warnings", "--yes-always"),
        *("--chat-mode", "ask", "--dry-run", "--no-auto-commits", "--no-dirty-commits"),
    ],
    most=["--auto-commits"],
    resume=[],
    session=None,
    answer="litellm.InternalServerError: Empty response.\nRetrying in 0.2 seconds...\nHello there.",
    done=Printed(
        "Aider v0.86.2\nModel: openai/m with ask edit format\nGit repo: .git with 0 files\n"
        "Repo-map: using 1024 tokens, auto refresh\n\nlitellm.InternalServerError: Empty response.\n"
        "Retrying in 0.2 seconds...\nHello there.\n\n"
        "Tokens: 2.3k sent, 5 received. Cost: $0.0012 message, $0.0012 session.\n"
    ),
    usage={"cost_usd": 0.0012},
    steps=[],
    failed=Printed(
        "Aider v0.86.2\nRepo-map: disabled\n\n"
        "litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect \nAPI key\n"
        "The API provider is not able to authenticate you. Check your API key.\n"
    ),
    reason="litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect",
)

EXAMPLES = {
    "aider": AIDER,
    "claude": CLAUDE,
    "codex": CODEX,
    "cursor-agent": CURSOR,
    "droid": DROID,
    "gemini": GEMINI,
    "opencode": OPENCODE,
}

#: A program that writes down how it was asked, and prints what it was told to.
STAND_IN = """#!{python} -ISu
import json, os, pathlib, sys
folder = pathlib.Path(__file__).parent
argv, files = [], []
for argument in sys.argv[1:]:
    if os.path.isfile(argument):
        files.append(open(argument).read())
        argument = "PROMPT_FILE"
    argv.append(argument)
asked = dict(argv=argv, stdin=sys.stdin.read(), files=files, environ=dict(os.environ))
(folder / "asked.json").write_text(json.dumps(asked))
printed = json.loads((folder / "printed.json").read_text())
sys.stdout.write(printed["out"])
sys.stderr.write(printed["err"])
sys.exit(printed["code"])
"""


@dataclass(frozen=True)
class StandIn:
    """The program of one recipe, as the only one of its name on PATH."""

    name: str
    folder: Path

    def run(self, printed: Printed, **kwargs: Any) -> tuple[Report, dict[str, Any]]:
        """Let it print something; give the report and how it was asked."""
        out = printed.out if isinstance(printed.out, str) else "".join(f"{json.dumps(line)}\n" for line in printed.out)
        (self.folder / "printed.json").write_text(json.dumps({"out": out, "err": printed.err, "code": printed.code}))
        droid = make(self.name, Settings(droid=self.name, droid_model=kwargs.pop("model", "")))
        report = droid.run(PROMPT, about=Issue(id="1", key="OPS-7"), timeout=20, **kwargs)
        return report, json.loads((self.folder / "asked.json").read_text())


@pytest.fixture(params=EXAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def example(name: str) -> Example:
    return EXAMPLES[name]


@pytest.fixture
def stand_in(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    program = tmp_path / name
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return StandIn(name, tmp_path)


def test_every_shipped_recipe_has_an_example() -> None:
    assert names(None) == sorted(EXAMPLES)


def test_it_is_asked_as_the_real_program_would_be(stand_in: StandIn, example: Example) -> None:
    report, asked = stand_in.run(example.done)
    assert asked["argv"] == example.argv
    assert [asked["stdin"], *asked["files"]] in ([PROMPT], ["", PROMPT])
    assert report == Report(example.answer, session=example.session, usage=example.usage)


def test_a_session_is_continued_and_the_same_comes_back(stand_in: StandIn, example: Example) -> None:
    report, asked = stand_in.run(example.done, session=example.session)
    assert asked["argv"] == [*example.argv, *example.resume]
    assert report.session == example.session


def test_a_model_is_passed_on(stand_in: StandIn, example: Example) -> None:
    _, asked = stand_in.run(example.done, model="best-1")
    assert asked["argv"] == [*example.argv, "--model", "best-1"]


def test_every_autonomy_is_another_bound_or_the_next_lower_one(stand_in: StandIn, example: Example) -> None:
    levels: tuple[Autonomy, ...] = ("none", "low", "medium", "high")
    asked = [stand_in.run(example.done, autonomy=level)[1] for level in levels]
    assert asked[0]["argv"] == example.argv
    assert asked[-1]["argv"][len(asked[-1]["argv"]) - len(example.most) :] == example.most
    recipe = find_recipe(stand_in.name, None)
    assert recipe
    bounds = [(each["argv"], each["environ"].get(example.bounded_by)) for each in asked]
    for level, bound, before in zip(levels[1:], bounds[1:], bounds, strict=False):
        assert (bound != before) == (level in {*recipe.autonomy, *recipe.variables}), level


def test_every_shipped_recipe_holds_its_program_to_reading_unless_more_is_allowed() -> None:
    for name in names(None):
        recipe = find_recipe(name, None)
        assert recipe
        assert "none" in {*recipe.autonomy, *recipe.variables}, name


def test_steps_are_told_as_they_come_and_the_session_with_the_first(stand_in: StandIn, example: Example) -> None:
    told: list[tuple[str, str | None]] = []
    stand_in.run(example.done, turn=Turn(tell=lambda step, session: told.append((step, session))))
    assert [step for step, _ in told if step] == example.steps
    assert {session for step, session in told if step} <= {example.session}
    assert told[0] == ("", None)


def test_a_failure_is_told_in_its_own_words(stand_in: StandIn, example: Example) -> None:
    report, _ = stand_in.run(example.failed)
    assert (report.state, report.forgotten) == ("failed", False)
    assert example.reason in report.reason


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"aider"}))
def test_a_stream_that_breaks_off_is_a_failure(stand_in: StandIn, example: Example) -> None:
    report, _ = stand_in.run(Printed(example.done.out[:-1]))
    assert (report.state, report.session) == ("failed", example.session)
    assert report.reason


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.forgotten])
def test_a_forgotten_session_is_known_as_such_only_where_one_was_asked_for(stand_in: StandIn, example: Example) -> None:
    report, _ = stand_in.run(example.forgotten, session=SESSION)
    assert (report.state, report.forgotten) == ("failed", True)
    report, _ = stand_in.run(example.forgotten)
    assert (report.state, report.forgotten) == ("failed", False)


# Recipes of one's own.

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        (tmp_path / "mine.toml").write_text(text)
        return tmp_path

    return written


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("command = ", "cannot be read as TOML", id="no-toml"),
        pytest.param("prompt = 'stdin'", "command: Missing data", id="no-command"),
        pytest.param("command = []", "command: names no program", id="empty-command"),
        pytest.param("command = 'agent -p'", "command: Not a valid list", id="command-as-text"),
        pytest.param("command = ['a', 7]", r"command\.1: Not a valid string", id="argument-no-text"),
        pytest.param("command = ['a']\nresum = []", "resum: Unknown field. Did you mean 'resume'", id="misspelt"),
        pytest.param("command = ['a']\n[read]\ntxt = 'a'", r"read\.txt: Unknown.*Did you mean 'text'", id="misspelt-2"),
        pytest.param("command = ['a']\nzzz = 1", "zzz: Unknown field. There are: like, command", id="unknown"),
        pytest.param("command = ['a']\nresume = ['-r']", r"resume: has no \{session\} in it", id="no-session"),
        pytest.param("command = ['a']\nmodel = ['-m']", r"model: has no \{model\} in it", id="no-model"),
        pytest.param("command = ['a']\nprompt = 'file'", r"command: has no \{prompt_file\}", id="no-prompt-file"),
        pytest.param(
            "command = ['a', '{prompt_file}']", r"command: has \{prompt_file\} in it, which", id="prompt-twice"
        ),
        pytest.param("command = ['a']\nprompt = 'argv'", "prompt: Must be one of: stdin, file", id="prompt-in-argv"),
        pytest.param("command = ['a']\n[autonomy]\nhigh = []", r"autonomy\.none: Missing data", id="no-least-autonomy"),
        pytest.param(
            "command = ['a']\n[variables]\nlow = {}", r"variables\.none: Missing data", id="no-least-variables"
        ),
        pytest.param("command = ['a']\n[read]\ntext = '[?'", r"read\.text: is no JMESPath", id="bad-path"),
        pytest.param("command = ['a']\n[read]\ntext = 'a(b)'", r"calls a function a\(\)", id="unknown-function"),
        pytest.param("command = ['a']\n[usage]\nx = 7", r"usage\.x\.value: Not a valid string", id="path-no-text"),
        pytest.param("command = ['a']\nforgotten = ['(']", r"forgotten\.0: is no regular expression", id="bad-pattern"),
        pytest.param("like = 'clod'", "like: 'clod' is no recipe that comes with", id="like-nothing"),
    ],
)
def test_a_wrong_recipe_is_told_with_file_and_key(write: Write, text: str, problem: str) -> None:
    folder = write(text)
    with pytest.raises(DroidMisconfigured, match=problem) as caught:
        find_recipe("mine", folder)
    assert str(folder / "mine.toml") in caught.value.message


def test_a_recipe_may_be_like_a_shipped_one_but_for_some_keys(write: Write) -> None:
    mine = find_recipe("mine", write("like = 'claude'\ncommand = ['sudo', 'claude']"))
    shipped = find_recipe("claude", None)
    assert mine is not None
    assert shipped is not None
    assert mine.command == ("sudo", "claude")
    assert (mine.resume, mine.autonomy, mine.forgotten) == (shipped.resume, shipped.autonomy, shipped.forgotten)


def test_a_recipe_of_ones_own_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "claude.toml").write_text("like = 'claude'\ncommand = ['my-claude']")
    recipe = find_recipe("claude", tmp_path)
    assert recipe is not None
    assert recipe.command == ("my-claude",)
    assert recipe.origin == f"the recipe {tmp_path}/claude.toml"


def test_there_is_no_recipe_of_an_unknown_name(tmp_path: Path) -> None:
    assert find_recipe("clod", tmp_path) is None
