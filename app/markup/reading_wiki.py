"""Turn wiki markup into Markdown in time that grows with its length, whatever it holds."""

import re
from collections.abc import Iterator

# Own code where a library exists, because of what was measured: jira2markdown 0.5.3 takes 1.6 s for 5,000 letters of
# plain prose and does not come back from 2,000 opening brackets; a comment of that kind would hold up a worker.
# Every pattern below excludes its own opening sign from what it spans, and so looks at no letter more than a few times.

_VERBATIM = re.compile(r"\{(code|noformat)(?::([^{}\n]*))?\}")
_BOX = re.compile(r"\{(quote|panel)(?::([^{}\n]*))?\}")
_BULLETS = re.compile(r"[ \t]*([*#]+|-)[ \t]+")
_HEADING = re.compile(r"[ \t]*h([1-6])\.[ \t]+")
_RULE = re.compile(r"[ \t]*-{4,5}[ \t]*")

_INLINE = re.compile(
    r"(?P<mention>\[~[^\]\[\n|]+\])"
    r"|(?P<line_break>\\\\)"
    r"|(?P<escape>\\[^\w\s\\])"
    r"|\{\{(?:\{\})?(?P<code>(?:\\.|[^{}\\\n])+)(?:\{\})?\}\}"
    r"|\{color(?::[^{}\n]*)?\}"
    r"|\[(?P<label>(?:\\.|[^\[\]\n|\\])+)\|(?P<target>[^\[\]\n|]+)(?:\|[^\[\]\n]*)?\]"
    r"|\[(?P<address>(?:https?://|ftp://|mailto:)[^\[\]\n|\s]+)\]"
    r"|!(?P<image>[^\s!|]+\.[^\s!|]+)(?:\|[^!\n]*)?!"
    r"|(?P<bare>https?://[^\s|\]]+)"
    r"|(?:(?<![\w*\\{])\*|\{\*\})(?P<bold>[^\s*](?:[^*\n]*[^\s*\\])?)(?:\*(?![\w*}])|\{\*\})"
    r"|(?<![\w-])-(?P<struck>[^\s-](?:[^-\n]*[^\s\\-])?)-(?![\w-])",
)


def wiki_to_markdown(text: str) -> str:
    """Return wiki markup as Markdown; what this reader does not know stays as it is written.

    https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
    """
    parts: list[str] = []
    for part, language in _verbatim(text.replace("\r\n", "\n")):
        parts.append(_prose(part) if language is None else _fenced(part, language))
    return "\n".join(part for part in parts if part).strip("\n")


def _verbatim(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield prose with None and the content of code macros with their language; one never closed is prose."""
    start = 0
    closed = dict.fromkeys(("code", "noformat"), True)
    for opening in _VERBATIM.finditer(text):
        name, options = opening.groups()
        if opening.start() < start or not closed[name]:
            continue
        end = text.find(f"{{{name}}}", opening.end())
        if end < 0:
            closed[name] = False
            continue
        yield text[start : opening.start()].strip("\n"), None
        yield text[opening.end() : end].strip("\n"), _language(options or "")
        start = end + len(name) + 2
    yield text[start:].strip("\n"), None


def _language(options: str) -> str:
    first = options.split("|")[0]
    return "" if "=" in first or first == "none" else first


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return "\n".join([f"{fence}{language}", text.replace("{\u200bcode", "{code"), fence])


def _prose(text: str) -> str:
    """Return prose line by line; quote and panel macros become block quotes."""
    lines: list[str] = []
    quoting = False
    in_table = False
    for line in text.split("\n"):
        pieces, toggles = _unboxed(line)
        for number, piece in enumerate(pieces):
            quoting ^= number > 0
            if not piece.strip() and toggles:
                continue
            row = piece.lstrip().startswith("|")
            lines += [("> " if quoting else "") + written for written in _line(piece, first_row=row and not in_table)]
            in_table = row
    return "\n".join(lines)


def _unboxed(line: str) -> tuple[list[str], int]:
    pieces = _BOX.split(line)
    return pieces[::3], len(pieces) // 3


def _line(line: str, *, first_row: bool) -> list[str]:
    if heading := _HEADING.match(line):
        return [f"{'#' * int(heading[1])} {_inline(line[heading.end() :])}"]
    if _RULE.fullmatch(line):
        return ["---"]
    if bullets := _BULLETS.match(line):
        indent = "".join("   " if sign == "#" else "  " for sign in bullets[1][:-1])
        return [f"{indent}{'1.' if bullets[1][-1] == '#' else '-'} {_inline(line[bullets.end() :])}"]
    if line.lstrip().startswith("|"):
        return _row(line.strip(), first_row=first_row)
    if line.lstrip().startswith("bq. "):
        return [f"> {_inline(line.lstrip()[4:])}"]
    return [_inline(line)]


def _row(line: str, *, first_row: bool) -> list[str]:
    """Return a table row; the first one is followed by the rule that Markdown wants below a header."""
    bars = _inline(line.replace("||", "|").strip("|"), bars=True)
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", bars)]
    row = f"| {' | '.join(cells)} |"
    return [row, "|" + " --- |" * len(cells)] if first_row else [row]


def _inline(text: str, *, bars: bool = False) -> str:
    return _INLINE.sub(lambda match: _markdown(match, bars=bars), text)


def _markdown(match: re.Match[str], *, bars: bool) -> str:
    kind = match.lastgroup
    if kind == "line_break":
        return "<br>" if bars else "  \n"
    if kind == "code":
        return "`" + re.sub(r"\\([^\w\s])", r"\1", match["code"]) + "`"
    if kind == "target":
        return f"[{_inline(match['label'])}]({match['target']})"
    if kind == "address":
        return f"<{match['address']}>"
    if kind == "image":
        return f"![{match['image']}]({match['image']})"
    if kind == "bold":
        return f"**{_inline(match['bold'])}**"
    if kind == "struck":
        return f"~~{_inline(match['struck'])}~~"
    return match[0] if kind else ""
