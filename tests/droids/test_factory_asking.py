"""What the droid asks is worded so that it can be decided on an issue, and that a grant fits nothing else."""

from typing import Any

import pytest
from droid_sdk import (
    PermissionOption,
    PermissionRequest,
    Question,
    QuestionRequest,
    SandboxOperation,
    ToolConfirmationOutcome,
    ToolUseBlock,
)
from droid_sdk import SandboxViolationType as Violation
from droid_sdk.permissions import (
    ApplyPatchAction,
    AskUserAction,
    CreateFile,
    DroidShieldViolationAction,
    EditAction,
    ExecuteAction,
    ExitSpecModeAction,
    McpToolAction,
    SandboxViolationAction,
)

from app.droids.factory.asking import (
    decision,
    is_yes,
    may_be_asked,
    permission_question,
    plain_question,
    wanted_in,
)

USE = ToolUseBlock("call_1", "Tool", {"title": "Printer", "labels": ["hot"]})
ONCE = PermissionOption("Yes, allow", ToolConfirmationOutcome.PROCEED_ONCE)


def request(*actions: Any) -> PermissionRequest:
    return PermissionRequest(actions, (ONCE,))


def run(command: str, **more: Any) -> ExecuteAction:
    return ExecuteAction(USE, command, command.split()[0], **more)


def beyond(**more: Any) -> SandboxViolationAction:
    write, file = SandboxOperation.WRITE, Violation.FILESYSTEM_WRITE
    return SandboxViolationAction(
        USE, "Create", "/etc/hosts", write, file, "It is outside.", **{"is_org_deny": False} | more
    )


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (run("rm -r build"), "To run this command:\n\n```\nrm -r build\n```"),
        (run("echo '```'"), "To run this command:\n\n````\necho '```'\n````"),
        (
            EditAction(USE, "a.py", "a.py", "x = 1", "x = 2"),
            "To edit `a.py`:\n\n```\n@@ -1 +1 @@\n-x = 1\n+x = 2\n```",
        ),
        (
            EditAction(USE, "a.py", "a.py"),
            'To edit `a.py`:\n\n```\n{"labels": ["hot"], "title": "Printer"}\n```',
        ),
        (CreateFile(USE, "a.py", "a.py", "x = 1\n"), "To write `a.py`:\n\n```\nx = 1\n\n```"),
        (ApplyPatchAction(USE, "a.py", "a.py", "+x = 1"), "To change `a.py`:\n\n```\n+x = 1\n```"),
        (
            McpToolAction(USE, "github___open", "high", "github", "open"),
            'To use the tool open of github with:\n\n```\n{"labels": ["hot"], "title": "Printer"}\n```',
        ),
        (ExitSpecModeAction(USE, "1. Read\n2. Mend"), "To work by this plan:\n\n1. Read\n2. Mend"),
        (beyond(), "To leave its sandbox: Create wants to write /etc/hosts. It is outside."),
        (
            DroidShieldViolationAction(USE, "git push", "It holds a key."),
            "To run what may give a secret away (It holds a key.):\n\n```\ngit push\n```",
        ),
        (
            AskUserAction(USE, "", (Question(0, "t", "Which?", ("A", "B"), True),)),
            "Which?\n\nSeveral may be right:\n- A\n- B",
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_each_kind_of_request_has_words(action: Any, words: str) -> None:
    question = permission_question(request(action))
    assert question == f"I need a permission.\n\n{words}\n\nAnswer yes or no; yes is for this once."


def test_a_kind_that_a_later_sdk_may_bring_is_shown_as_it_is() -> None:
    assert "nobody has found words for: 'Unheard'" in permission_question(request("Unheard"))


def test_all_that_is_asked_for_at_once_is_in_the_question() -> None:
    question = permission_question(request(run("make", impact_level="low"), run("make install", impact_level="high")))
    assert question.startswith("I need a permission (low impact; high impact).\n\n")
    assert question.index("\nmake\n") < question.index("\nmake install\n")


def test_reasons_may_differ_but_nothing_else() -> None:
    first = wanted_in(permission_question(request(run("make", impact_level="low", risk_level_reason="builds"))))
    again = wanted_in(permission_question(request(run("make", impact_level="low", risk_level_reason="it\n\nbuilds"))))
    other = wanted_in(permission_question(request(run("make all", impact_level="low", risk_level_reason="builds"))))
    assert first == again != other
    assert "make" in first


def test_long_texts_that_differ_at_their_ends_are_told_apart() -> None:
    texts = ["x" * 10_000 + end for end in "ab"]
    questions = [permission_question(request(CreateFile(USE, "a", "a", text))) for text in texts]
    assert questions[0] != questions[1]
    assert max(map(len, questions)) < 5_000


def test_what_cannot_be_seen_is_written_out() -> None:
    question = permission_question(request(run("echo \u202e<!-- x --> \x1b[8m ok")))
    assert r"echo \u202e<!-- x --> \x1b[8m ok" in question


def test_what_the_organization_forbids_is_not_asked_for() -> None:
    assert may_be_asked(request(beyond()))
    assert not may_be_asked(request(run("make"), beyond(is_org_deny=True)))


def test_several_questions_come_together() -> None:
    questions = (Question(0, "a", "Which printer?", ("Left", "Right")), Question(1, "b", "Why?"))
    assert plain_question(QuestionRequest("id", questions)) == "Which printer?\n\n- Left\n- Right\n\nWhy?"


@pytest.mark.parametrize("answer", ["no", "Not yes.", "Yesterday it worked.", "Allow me a question first.", "", "why?"])
def test_only_what_begins_with_yes_is_yes(answer: str) -> None:
    assert not is_yes(answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [("Yes!", "You have the permission"), ("no", "You do not have the permission"), ("What does it do?", "")],
)
def test_the_droid_is_told_what_an_answer_decides(answer: str, words: str) -> None:
    assert decision(permission_question(request(run("make"))), answer).startswith(words)
    assert decision("Which printer?", answer) == ""
    assert bool(words) == bool(decision(permission_question(request(run("make"))), answer))
