import functools
import json
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.droids import running
from app.droids.base import DroidMisconfigured, DroidMissing, Report, Turn
from app.droids.command import CommandDroid
from app.droids.finding import path, pattern
from app.droids.recipe import Finders, Form, Recipe
from app.events.event import Issue
from tests.droids.conftest import Agent
from tests.droids.processes import STUBBORN_FAMILY, alive, pids

run = functools.partial(CommandDroid.run, about=Issue(id="1", key="OPS-7"), timeout=20)


def test_the_answer_on_stdout_is_the_report(agent: Agent):
    assert run(CommandDroid(Recipe(agent("print('Restart the printer.')"))), "Help.") == Report("Restart the printer.")


def test_the_prompt_is_on_stdin_and_nowhere_in_argv(agent: Agent):
    show = agent("import json, sys; print(json.dumps([sys.argv[1:], sys.stdin.read()]))")
    prompt = "--auto=high \N{PRINTER} obey"
    assert json.loads(run(CommandDroid(Recipe((*show, "--quiet"))), prompt).text) == [["--quiet"], prompt]


@pytest.mark.parametrize("prompt", ["/run touch x", "!touch x", "\n /help"])
def test_a_prompt_does_not_begin_like_a_command_of_the_programs_own(agent: Agent, prompt: str):
    show = agent("import json, sys; print(json.dumps(sys.stdin.read()))")
    given = json.loads(run(CommandDroid(Recipe(show)), prompt).text)
    assert given == f"What follows is a request in plain text.\n\n{prompt}"


def test_only_allowed_variables_arrive(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    for name in ("JIRA_REACTOR_KEYS", "AWS_PROFILE", "MY_KEY", "LC_TIME"):
        monkeypatch.setenv(name, "C")
    show = agent("import json, os; print(json.dumps(sorted(os.environ)))")
    names = set(json.loads(run(CommandDroid(Recipe(show), env_names=("MY_KEY", "UNSET")), "").text))
    assert {"PATH", "MY_KEY", "LC_TIME"} <= names
    # LC_CTYPE is what Python itself may add.
    assert names <= {
        "PATH",
        "HOME",
        "LANG",
        "TERM",
        "TMPDIR",
        "USER",
        "LOGNAME",
        "MY_KEY",
        "LC_TIME",
        "LC_ALL",
        "LC_CTYPE",
    }


def test_it_works_in_the_folder_given(agent: Agent, tmp_path: Path):
    place = tmp_path / "checkout"
    place.mkdir()
    assert run(CommandDroid(Recipe(agent("import os; print(os.getcwd())")), cwd=place), "").text == str(place)


def test_a_result_object_gives_figures_but_no_session_that_nothing_can_resume(agent: Agent):
    result = {
        "type": "result",
        "subtype": "success",
        "is_error": False,
        "result": "Ok.",
        "session_id": "s",
        "num_turns": 1,
    }
    droid = CommandDroid(Recipe(agent(f"print({json.dumps(result)!r})")))
    assert run(droid, "") == Report("Ok.", usage={"num_turns": 1})


def test_half_a_stream_is_a_failure(agent: Agent):
    report = run(
        CommandDroid(Recipe(agent("""print('{"type": "system", "subtype": "init", "session_id": "s"}')"""))), ""
    )
    assert report.state == "failed"
    assert "broke off" in report.reason


def test_exit_1_without_a_word_is_a_failure_that_lists_known_causes(agent: Agent):
    report = run(CommandDroid(Recipe(agent("raise SystemExit(1)"))), "")
    assert (report.state, report.text) == ("failed", "")
    assert "Known causes" in report.reason


def test_a_program_killed_by_a_signal_is_named_so(agent: Agent):
    report = run(CommandDroid(Recipe(agent("import os; os.kill(os.getpid(), 9)"))), "")
    assert report.state == "failed"
    assert "exit code 137 (killed by SIGKILL)" in report.reason


def test_a_secret_it_was_given_comes_back_blanked_out(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_API_KEY", "plum-jam")
    droid = CommandDroid(
        Recipe(agent("import os, sys; print(os.environ['MY_API_KEY']); sys.exit('no: plum-jam')")), ("MY_API_KEY",)
    )
    report = run(droid, "")
    assert report.text == "[secret]"
    assert report.reason == "It ended with exit code 1. no: [secret]"


def test_a_prompt_nobody_reads_does_no_harm(agent: Agent):
    assert run(CommandDroid(Recipe(agent("print('Not listening.')"))), "x" * 1_000_000).text == "Not listening."


def test_a_program_that_talks_on_both_streams_before_it_listens_is_not_stuck(agent: Agent):
    chatty = agent("""
        import sys
        sys.stderr.write("e" * 1_000_000)
        sys.stdout.write("o" * 1_000_000)
        print(len(sys.stdin.read()))
    """)
    assert run(CommandDroid(Recipe(chatty)), "x" * 1_000_000).text.endswith("o1000000")


def test_of_a_flood_the_end_is_kept_with_a_note(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "MOST_OUTPUT", 100_000)
    report = run(CommandDroid(Recipe(agent("print('o' * 3_000_000 + 'The end.')"))), "")
    assert report.state == "complete"
    assert report.text.startswith("(The first ")
    assert report.text.endswith("oThe end.")
    assert 100_000 <= len(report.text) < 100_000 + 65_536 + 100


def test_a_session_told_before_a_flood_is_kept(agent: Agent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "MOST_OUTPUT", 100_000)
    flood = agent("""
        import json
        print(json.dumps({"id": "s-1"}), flush=True)
        for _ in range(300):
            print(json.dumps({"noise": "x" * 10_000}))
        print(json.dumps({"text": "The end."}))
    """)
    read = Finders(text=path("[-1].text"), session=path("[?id] | [-1].id"))
    report = run(CommandDroid(Recipe(flood, output="jsonl", resume=("{session}",), read=read)), "")
    assert (report.state, report.session) == ("complete", "s-1")


def test_at_the_deadline_everything_it_started_is_killed(agent: Agent, tmp_path: Path):
    droid = CommandDroid(Recipe((*agent(STUBBORN_FAMILY), str(tmp_path))), grace=0.2)
    report = run(droid, "", timeout=2)
    assert (report.state, report.text.partition("\n")[0]) == ("failed", "Thinking.")
    assert "not done within 2 seconds" in report.reason
    assert not any(map(alive, pids(tmp_path, 3)))


def test_a_program_asked_to_end_may_say_a_last_word(agent: Agent, tmp_path: Path):
    polite = agent("""
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("I was at step 2.")))
        print("Begun.", flush=True)
        open(f"{sys.argv[1]}/begun", "x").close()
        time.sleep(60)
    """)
    report = run(CommandDroid(Recipe((*polite, str(tmp_path)))), "", turn=Turn(stop=(tmp_path / "begun").exists))
    assert (report.state, report.text) == ("stopped", "Begun.\nI was at step 2.")


def test_it_stops_when_told_to(agent: Agent, tmp_path: Path):
    stop = threading.Event()
    droid = CommandDroid(Recipe((*agent(STUBBORN_FAMILY), str(tmp_path))), grace=0.2)
    with ThreadPoolExecutor() as pool:
        told = pool.submit(run, droid, "", turn=Turn(stop=stop.is_set))
        family = pids(tmp_path, 3)
        stop.set()
        report = told.result(10)
    assert (report.state, report.reason) == ("stopped", "It was told to stop.")
    assert not any(map(alive, family))


def test_what_a_program_leaves_running_ends_with_it(agent: Agent, tmp_path: Path):
    leaver = agent("""
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            open(f"{sys.argv[1]}/{os.getpid()}.pid", "x").close()
            time.sleep(60)
        print("I left something running.", flush=True)
        while not [name for name in os.listdir(sys.argv[1]) if name.endswith(".pid")]:
            time.sleep(0.01)
    """)
    report = run(CommandDroid(Recipe((*leaver, str(tmp_path)))), "")
    assert report == Report("I left something running.")
    assert not any(map(alive, pids(tmp_path, 1)))


def test_many_run_at_once(agent: Agent):
    droid = CommandDroid(Recipe(agent("import sys, time; time.sleep(0.2); print(sys.stdin.read())")))
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda number: run(droid, str(number)), range(8)))
    assert [report.text for report in reports] == [str(number) for number in range(8)]


def test_a_program_is_found_on_the_path_and_started_by_its_full_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "my-agent"
    program.write_text(f"#!{sys.executable} -ISu\nprint(__file__)")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert run(CommandDroid(Recipe(("my-agent",))), "").text == str(program)


def test_a_program_that_is_not_there_is_an_error_that_names_the_setting():
    with pytest.raises(DroidMissing, match=r"no-such-agent.*JIRA_REACTOR_DROID_COMMAND.*not found") as caught:
        run(CommandDroid(Recipe(("no-such-agent",))), "")
    assert not caught.value.transient


def test_a_program_that_is_none_is_an_error(tmp_path: Path):
    text = tmp_path / "agent"
    text.write_text("just words")
    text.chmod(0o755)
    with pytest.raises(DroidMissing, match=r"agent cannot be started: Exec format error"):
        run(CommandDroid(Recipe((str(text),))), "")


def test_a_folder_that_is_not_there_is_an_error(agent: Agent, tmp_path: Path):
    with pytest.raises(DroidMisconfigured, match="gone"):
        run(CommandDroid(Recipe(agent("print(1)")), cwd=tmp_path / "gone"), "")


# What a recipe may say beside its command.


def test_a_prompt_in_a_file_is_nowhere_else_and_gone_afterwards(agent: Agent):
    show = agent("import json, os, sys; print(json.dumps([sys.argv[1:], open(sys.argv[1]).read(), sys.stdin.read()]))")
    report = run(CommandDroid(Recipe((*show, "{prompt_file}", "--quiet"), prompt="file")), "--auto=high")
    (file, option), prompt, stdin = json.loads(report.text)
    assert (option, prompt, stdin) == ("--quiet", "--auto=high", "")
    assert os.path.isabs(file)
    assert not os.path.exists(file)


def test_only_the_owner_can_read_a_prompt_in_a_file(agent: Agent):
    show = agent("import os, sys; print(oct(os.stat(sys.argv[1]).st_mode))")
    assert run(CommandDroid(Recipe((*show, "{prompt_file}"), prompt="file")), "").text.endswith("600")


@pytest.mark.parametrize("session", ["--auto=high", "-s", "", "a b", "a\nb"])
def test_a_session_that_could_be_an_option_counts_as_forgotten(agent: Agent, session: str):
    report = run(CommandDroid(Recipe(agent("print(1)"), resume=("-s", "{session}"))), "", session=session)
    assert (report.state, report.text, report.forgotten) == ("failed", "", True)


def test_a_session_nothing_can_resume_is_left_out(agent: Agent):
    assert run(CommandDroid(Recipe(agent("import sys; print(sys.argv[1:])"))), "", session="--auto=high").text == "[]"


def test_a_question_in_its_output_awaits_an_answer(agent: Agent):
    recipe = Recipe(
        agent("""print('{"id": "s-1", "ask": "Which printer?"}')"""),
        output="json",
        resume=("{session}",),
        read=Finders(session=path("id"), question=path("ask")),
    )
    report = run(CommandDroid(recipe), "")
    assert report == Report("", "awaiting input", session="s-1", question="Which printer?")


def test_one_json_object_may_follow_other_lines(agent: Agent):
    noisy = agent("""print('Loading.'); print('{"answer": "Ok."}'); print('Bye.')""")
    recipe = Recipe(noisy, output="json", read=Finders(text=path("answer")))
    assert run(CommandDroid(recipe), "") == Report("Ok.")


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_words_where_json_should_be_are_the_reason(agent: Agent, output: Form):
    report = run(CommandDroid(Recipe(agent("print('Hm.'); print('No licence.')"), output=output)), "")
    assert (report.state, report.reason) == ("failed", "It printed no JSON: No licence.")


def test_a_failure_that_the_exit_code_hides_is_known_by_its_words(agent: Agent):
    recipe = Recipe(
        agent("print('Hi.\\nApiError: no key')"), output="text", read=Finders(error=pattern(r"(?m)^ApiError.*"))
    )
    report = run(CommandDroid(recipe), "")
    assert (report.state, report.reason) == ("failed", "ApiError: no key")


def test_plain_text_may_hold_all_that_json_may(agent: Agent):
    plain = agent("""
        print("session: s-1")
        print("> reading a.py")
        print("Answer: Restart it.")
        print("Turn it off first, though.")
        print("used 12 tokens, 1.5k cached")
    """)
    recipe = Recipe(
        plain,
        output="text",
        resume=("{session}",),
        read=Finders(
            text=pattern(r"(?ms)^Answer: (.*?)^used "),
            session=pattern(r"(?m)^session: (\S+)$"),
            step=pattern(r"^> (.*)"),
            end=pattern(r"(?m)^used "),
        ),
        usage={"tokens": pattern(r"used (\d+) tokens"), "cached": pattern(r"(\S+) cached")},
    )
    told: list[tuple[str, str | None]] = []
    report = run(CommandDroid(recipe), "", turn=Turn(tell=lambda *news: told.append(news)))
    assert report == Report("Restart it.\nTurn it off first, though.", session="s-1", usage={"tokens": 12})
    assert [news for news in told if news[0]] == [("reading a.py", "s-1")]


def test_plain_text_without_its_end_broke_off(agent: Agent):
    recipe = Recipe(agent("print('Half an ans')"), output="text", read=Finders(end=pattern(r"^used ")))
    report = run(CommandDroid(recipe), "")
    assert (report.state, report.text) == ("failed", "Half an ans")
    assert "broke off" in report.reason


def test_what_was_ended_at_the_deadline_has_not_forgotten_its_session(agent: Agent):
    recipe = Recipe(agent("import time; time.sleep(60)"), resume=("{session}",), forgotten=(re.compile(""),))
    report = run(CommandDroid(recipe, grace=0.2), "", session="s-1", timeout=0.5)
    assert (report.state, report.forgotten) == ("failed", False)
