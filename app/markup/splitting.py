"""Cut a long Markdown text into parts that each fit where they go."""

import re
from bisect import bisect_left
from collections.abc import Callable

_FENCE = re.compile(r"((?:[ \t]*>)*[ \t]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?)(`{3,}|~{3,})([^\n]*)")


def split(markdown: str, fits: Callable[[str], bool]) -> list[str]:
    """Return `markdown` in as few parts as needed, each of which `fits` accepts and each numbered at its end, "(1/3)".

    Parts end between paragraphs if possible, else between lines, words, or letters in that order; a code block that
    must be cut is closed and opened again. Raise ValueError where `fits` refuses even a single letter.
    """
    if fits(markdown):
        return [markdown]
    for digits in range(1, len(str(len(markdown))) + 1):
        widest = "9" * digits
        parts = _cut(markdown.strip("\n"), lambda text, widest=widest: fits(_numbered(text, widest, widest)))  # type: ignore[misc]
        if len(parts) < 10**digits:
            break
    return [_numbered(part, str(number), str(len(parts))) for number, part in enumerate(parts, 1)]


def _numbered(text: str, number: str, total: str) -> str:
    return f"{text}\n\n({number}/{total})"


def _cut(rest: str, fits: Callable[[str], bool]) -> list[str]:
    parts = []
    while not fits(rest):
        part, rest = _first_part(rest, fits)
        parts.append(part)
    return [*parts, rest] if rest.strip() else parts


def _first_part(text: str, fits: Callable[[str], bool]) -> tuple[str, str]:
    """Return the longest beginning of `text` that fits, and what is left."""
    blank = len(text) - len(text.lstrip())
    for border in (r"\n[ \t]*\n", r"\n", r"[ \t\n]", r"(?=[\s\S])"):
        ends = [match.start() for match in re.finditer(border, text) if match.start() > blank]
        # Longer texts do not fit where shorter ones do not, so half of the places can be left out at each look.
        count = bisect_left(ends, True, key=lambda end: not fits(_parted(text, end)[0]))
        for end in reversed(ends[:count]):
            part, rest = _parted(text, end)
            # Opening a code block again can take back all that the cut gained.
            if fits(part) and len(rest) < len(text):
                return part, rest
    raise ValueError("Not even one letter fits.")


def _parted(text: str, end: int) -> tuple[str, str]:
    """Return both sides of a cut at `end`, closing and reopening the code block it goes through."""
    head, tail = text[:end], text[end:]
    fence = _open_fence(head)
    if fence is None:
        return head.rstrip(), tail.lstrip("\n") if tail.startswith("\n") else tail.lstrip(" \t")
    indent, ticks, info = fence
    closed = f"{head}\n{indent}{ticks}"
    if head.endswith(ticks + info) and not tail.startswith("\n"):
        # The cut goes through the line that opens the block; what is left of that line is no code.
        return closed, tail
    language = info.split()[0] if info.split() and len(info.split()[0]) < 20 else ""
    return closed, f"{indent}{ticks}{language}\n" + tail.removeprefix("\n")


def _open_fence(text: str) -> tuple[str, str, str] | None:
    """Return indent, fence and info string of the code block that is open at the end of `text`."""
    opened: tuple[str, str, str] | None = None
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is None:
            continue
        prefix, ticks, info = found.groups()
        if opened is None:
            # A list bullet before the fence becomes the blanks that keep the block within its item.
            indent = re.sub(r"[-*+\d.)]", " ", prefix)
            opened = None if ticks[0] == "`" and "`" in info else (indent, ticks, info)
        elif ticks.startswith(opened[1]) and not info.strip():
            opened = None
    return opened
