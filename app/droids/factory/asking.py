"""Turn what the droid asks into words for an issue, and an answer into what it allows.

A permission is granted for one request alone: the one that, worded again, reads as in the question that was answered.
So the words hold all that is asked for.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Sequence

from droid_sdk import PermissionRequest, Question, QuestionRequest, ToolUseBlock
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

_OPENING = "I need a permission"
_CLOSING = "Answer yes or no; yes is for this once."
#: Characters shown of one text; Jira Cloud's bound for a whole comment is 32,767.
_LONGEST = 4_000
#: What may stand before the word that counts.
_BEFORE = r"""[\s*_"'(]*"""
_YES = re.compile(
    _BEFORE + r"(?:(?:yes|yep|ok|okay|approved?|allow(?:ed)?(?! me)|granted|go ahead|ja|oui|sí)\b|y\W*$)", re.IGNORECASE
)
_NO = re.compile(
    _BEFORE + r"(?:(?:no|nope|don't|do not|deny|denied|reject|rejected|stop|nein|non)\b|n\W*$)", re.IGNORECASE
)


def permission_question(request: PermissionRequest) -> str:
    """Word a request for permission as a question that is answered with yes or no."""
    wanted = "\n\n".join(_wanted(action) for action in request.actions)
    return f"{_OPENING}{_reasons(request)}.\n\n{wanted}\n\n{_CLOSING}"


def wanted_in(question: str) -> str:
    """Give what a question asks permission for, without the reasons, which differ each time a model gives them."""
    return question.partition("\n\n")[2].removesuffix(_CLOSING).strip() if is_permission(question) else ""


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


def is_no(answer: str) -> bool:
    """Say whether an answer begins with no, or one of the words that mean it."""
    return _NO.match(answer) is not None


def decision(question: str, answer: str) -> str:
    """Say to the droid what an answer decides, maybe days after it asked; empty where it decides no permission."""
    if not is_permission(question):
        return ""
    if is_yes(answer):
        return "You have the permission that you asked for, once. Do exactly that again now, then go on with your work."
    if is_no(answer):
        return "You do not have the permission that you asked for. Go on without it, or say what cannot be done."
    return ""


def _wanted(action: object) -> str:
    """Say what an action would do, all of it."""
    match action:
        case ExecuteAction():
            return f"To run this command:\n\n{_fenced(action.full_command)}"
        case EditAction():
            change = _change(action.old_content, action.new_content) or _arguments(action.tool_use)
            return f"To edit `{_line(action.file_path)}`:\n\n{_fenced(change)}"
        case CreateFile():
            return f"To write `{_line(action.file_path)}`:\n\n{_fenced(action.content)}"
        case ApplyPatchAction():
            return f"To change `{_line(action.file_path)}`:\n\n{_fenced(action.patch_content)}"
        case McpToolAction():
            tool = f"{action.actual_tool_name or action.tool_name} of {action.server_name or 'an unnamed server'}"
            return f"To use the tool {_line(tool)} with:\n\n{_fenced(_arguments(action.tool_use))}"
        case ExitSpecModeAction():
            return f"To work by this plan:\n\n{_shown(action.plan)}"
        case SandboxViolationAction():
            wanted = f"{action.violating_tool_name} wants to {action.operation.value} {action.target}. {action.reason}"
            return f"To leave its sandbox: {_line(wanted)}"
        case DroidShieldViolationAction():
            why = f"To run what may give a secret away ({_line(action.reason)})"
            return f"{why}:\n\n{_fenced(action.command)}"
        case AskUserAction():
            return _questions(action.questions)
    return f"To do something that nobody has found words for: {_shown(repr(action))}"


def _reasons(request: PermissionRequest) -> str:
    """Say in brackets what the droid thinks of the impact; one line, since what is wanted begins after it."""
    risky = [action for action in request.actions if isinstance(action, ExecuteAction) and action.impact_level]
    reasons = [": ".join(filter(None, (f"{a.impact_level} impact", a.risk_level_reason))) for a in risky]
    return f" ({_line('; '.join(reasons))})" if reasons else ""


def _questions(questions: Sequence[Question]) -> str:
    return "\n\n".join("\n".join([_shown(question.question), *_options(question)]) for question in questions)


def _options(question: Question) -> list[str]:
    several = ["", "Several may be right:"] if question.multi_select else [""]
    return [*several, *(f"- {_line(option)}" for option in question.options)] if question.options else []


def _arguments(use: ToolUseBlock) -> str:
    return json.dumps(use.input, default=dict, ensure_ascii=False, sort_keys=True)


def _change(old: str | None, new: str | None) -> str:
    lines = difflib.unified_diff((old or "").split("\n"), (new or "").split("\n"), lineterm="", n=1)
    return "\n".join(list(lines)[2:])


def _fenced(text: str) -> str:
    """Fence a text so that nothing in it can close the fence."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{_shown(text)}\n{fence}"


def _shown(text: str) -> str:
    """Show the beginning of a long text, and enough of the rest to know it by."""
    exact = _exact(text)
    if len(exact) <= _LONGEST:
        return exact
    digest = hashlib.sha256(exact.encode()).hexdigest()[:16]
    return f"{exact[:_LONGEST]}\n(... {len(exact) - _LONGEST} more characters; the digest of all is {digest})"


def _line(text: str) -> str:
    return _exact(text).replace("\n", r"\n")


def _exact(text: str) -> str:
    """Write out what cannot be seen, so that nobody grants what they do not see."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode() for char in text
    )
