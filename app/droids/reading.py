"""Read what an agent program wrote and how it ended into a Report."""

import signal
from collections.abc import Callable

from app.droids.base import Report, State
from app.droids.cleaning import printable
from app.droids.extracting import extract
from app.droids.output import BROKEN_OFF, Said
from app.droids.recipe import Recipe
from app.droids.running import Ended

_LAST_LINES = 5
_LONGEST_REASON = 1_000
#: droid ends like this for each of them, saying nothing on either stream.
_SILENT = (
    "It wrote nothing at all. Known causes: a session it does not know, an empty prompt, "
    "a prompt it read as options, a prompt file that is missing."
)


def read(
    ended: Ended,
    *,
    recipe: Recipe,
    timeout: float,
    redact: Callable[[str], str],
    continued: bool = False,
    heard: str | None = None,
) -> Report:
    """Judge how the program ended; a failure keeps what was said until then as its text.

    Only where a session was `continued` can it have been forgotten. Only a recipe that can resume one reports one: what
    the output says at its end, or the one that was `heard` in a part of it that is not kept.
    """
    output = _text(ended.stdout)
    said = extract(recipe, output)
    state, reason = _verdict(ended, said, timeout)
    failed_itself = state == "failed" and not ended.because
    note = f"(The first {ended.left_out} bytes of the program's output are left out.)\n\n" if ended.left_out else ""
    return Report(
        redact(note + said.text if said.text else ""),
        state,
        session=(said.session or heard) if recipe.resume else None,
        usage=said.usage,
        question=redact(said.question) if state == "awaiting input" else "",
        reason=redact(reason)[:_LONGEST_REASON],
        forgotten=continued and failed_itself and recipe.forgot(f"{output}\n{_text(ended.stderr)}"),
    )


def _verdict(ended: Ended, said: Said, timeout: float) -> tuple[State, str]:
    if ended.because == "stop":
        return "stopped", "It was told to stop."
    if ended.because == "deadline":
        return "failed", f"It was not done within {timeout:g} seconds and was ended."
    if ended.code:
        return "failed", f"It ended with {_code(ended.code)}. {_cause(ended, said)}"
    if said.fault:
        return "failed", said.fault
    if said.question:
        return "awaiting input", ""
    if not said.text:
        return "failed", f"It ended as if all were well but said nothing. {_last_lines(ended.stderr)}".strip()
    return "complete", ""


def _cause(ended: Ended, said: Said) -> str:
    own_words = "" if said.fault == BROKEN_OFF else said.fault
    return own_words or _last_lines(ended.stderr) or said.fault or _last_lines(ended.stdout) or _SILENT


def _code(code: int) -> str:
    """Name an exit code; the leash reports signal n as 128 + n, as shells do, and its own death as -n."""
    number = -code if code < 0 else code - 128
    known = number in set(signal.Signals)
    return f"exit code {code}" + (f" (killed by {signal.Signals(number).name})" if known else "")


def _last_lines(stream: bytes) -> str:
    lines = [line for line in _text(stream).splitlines() if line.strip()]
    return "\n".join(lines[-_LAST_LINES:])


def _text(stream: bytes) -> str:
    return printable(stream.decode(errors="replace"))
