"""Turn what the droid asks into words for an issue, and the answer back into words for the droid.

A permission is granted for one request alone: the one whose question, worded again, is the very question that was
answered. So the words must hold all that is asked for.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Sequence

from droid_sdk import PermissionRequest, Question, QuestionRequest
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

from app.droids.cleaning import one_line, printable

_OPENING = "I need a permission"
_CLOSING = "Answer yes or no; yes is for this once."
#: Characters shown of one text; Jira Cloud's bound for a whole comment is 32,767.
_LONGEST = 4_000
_YES = re.compile(
    r"\W*(?:yes|yep|yeah|y|ok|okay|sure|allow|allowed|approve|approved|granted|go ahead|do it|ja|oui|si|sí)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\W*(?:no|nope|n|don't|do not|deny|denied|reject|rejected|stop|nein|non)\b", re.IGNORECASE)


def permission_question(request: PermissionRequest) -> str:
    """Word a request for permission as a question that is answered with yes or no."""
    wanted = "\n\n".join(_wanted(action) for action in request.actions)
    return f"{_OPENING}.\n\n{wanted}\n\n{_CLOSING}"


def plain_question(request: QuestionRequest) -> str:
    """Word the droid's own questions, with the answers it offers."""
    return _questions(request.questions)


def may_be_asked(request: PermissionRequest) -> bool:
    """Say whether a person on the issue can decide it: not where the organization forbids it."""
    return not any(isinstance(action, SandboxViolationAction) and action.is_org_deny for action in request.actions)


def is_permission(question: str) -> bool:
    """Say whether an earlier question asked for a permission."""
    return question.startswith(_OPENING)


def is_yes(answer: str) -> bool:
    """Say whether an answer begins with yes, or one of the words that mean it."""
    return _YES.match(answer) is not None


def told_again(question: str, answer: str) -> str:
    """Write the prompt that brings an answer, maybe days later, to the droid that asked."""
    told = f"You asked:\n\n{question}\n\nThe answer is:\n\n{answer}"
    if not is_permission(question):
        return told
    if is_yes(answer):
        return f"{told}\n\nYou have this permission once. Do exactly that again now, then go on with your work."
    if _NO.match(answer):
        return f"{told}\n\nYou do not have this permission. Go on without it, or say what cannot be done."
    return told


def _wanted(action: object) -> str:
    """Say what an action would do, all of it."""
    match action:
        case ExecuteAction():
            why = f"\n\nIts impact is {one_line(action.impact_level)}" if action.impact_level else ""
            why += f": {one_line(action.risk_level_reason)}" if why and action.risk_level_reason else ""
            return f"To run this command:\n\n{_fenced(action.full_command)}{why}"
        case EditAction():
            return f"To edit `{one_line(action.file_path)}`:\n\n{_fenced(_change(action.old_content, action.new_content))}"
        case CreateFile():
            return f"To write `{one_line(action.file_path)}`:\n\n{_fenced(action.content)}"
        case ApplyPatchAction():
            return f"To change `{one_line(action.file_path)}`:\n\n{_fenced(action.patch_content)}"
        case McpToolAction():
            given = json.dumps(dict(action.tool_use.input), ensure_ascii=False, sort_keys=True, default=str)
            server = f" of {one_line(action.server_name)}" if action.server_name else ""
            return f"To use the tool {one_line(action.actual_tool_name or action.tool_name)}{server} with:\n\n{_fenced(given)}"
        case ExitSpecModeAction():
            return f"To work by this plan:\n\n{_shown(action.plan)}"
        case SandboxViolationAction():
            beyond = f"{action.operation.value} {one_line(action.target)}"
            return f"To leave its sandbox with {one_line(action.violating_tool_name)}: {beyond}. {one_line(action.reason)}"
        case DroidShieldViolationAction():
            return f"To run what looks like giving a secret away ({one_line(action.reason)}):\n\n{_fenced(action.command)}"
        case AskUserAction():
            return _questions(action.questions)
    return f"To do something that nobody has found words for: {_shown(repr(action))}"


def _questions(questions: Sequence[Question]) -> str:
    return "\n\n".join("\n".join([_shown(question.question), *_options(question)]) for question in questions)


def _options(question: Question) -> list[str]:
    several = ["", "Several of these may be right:"] if question.multi_select else [""]
    return [*several, *(f"- {one_line(option)}" for option in question.options)] if question.options else []


def _change(old: str | None, new: str | None) -> str:
    lines = difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), lineterm="", n=1)
    return "\n".join(list(lines)[2:])


def _fenced(text: str) -> str:
    """Fence a text so that nothing in it can close the fence."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{_shown(text)}\n{fence}"


def _shown(text: str) -> str:
    """Show the beginning of a long text, and enough of the rest to know it by."""
    clean = printable(text)
    if len(clean) <= _LONGEST:
        return clean
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
    return f"{clean[:_LONGEST]}\n(... {len(clean) - _LONGEST} more characters, in all known by {digest})"
