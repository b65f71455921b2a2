"""Turn an ADF document into Markdown, forgiving whatever its nodes lack."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Node = Mapping[str, Any]

_SIGNS = {"strong": "**", "em": "_", "strike": "~~"}


def adf_to_markdown(document: Node) -> str:
    """Return an ADF document as Markdown; a node of an unknown kind shows its text and its content.

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    return _blocks(document)


def _nodes(parent: Node) -> list[Node]:
    content = parent.get("content")
    return [node for node in content if isinstance(node, Mapping)] if isinstance(content, list) else []


def _attribute(node: Node, name: str) -> str:
    attrs = node.get("attrs")
    value = attrs.get(name) if isinstance(attrs, Mapping) else None
    return str(value) if isinstance(value, (str, int)) else ""


def _kind(node: Node) -> str:
    return str(node.get("type"))


def _blocks(parent: Node, *, between: str = "\n\n") -> str:
    """Return the blocks of `parent`; inline nodes that stand among them run together as one paragraph."""
    texts: list[str] = []
    line = ""
    for node in _nodes(parent):
        if _kind(node) in _INLINE:
            line += _INLINE[_kind(node)](node)
            continue
        texts += [line, _BLOCKS.get(_kind(node), _unknown)(node)]
        line = ""
    return between.join(text for text in [*texts, line] if text)


def _unknown(node: Node) -> str:
    own = _attribute(node, "title") or _attribute(node, "text") or _attribute(node, "url")
    return "\n\n".join(text for text in (own, _blocks(node)) if text)


def _heading(node: Node) -> str:
    level = _attribute(node, "level")
    return f"{'#' * (int(level) if level in tuple('123456') else 1)} {_blocks(node)}"


def _quote(node: Node) -> str:
    return re.sub("(?m)^", "> ", _blocks(node))


def _code(node: Node) -> str:
    text = "".join(str(child.get("text", "")) for child in _nodes(node))
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{_attribute(node, 'language')}\n{text}\n{fence}"


def _list(node: Node) -> str:
    order = _attribute(node, "order")
    first = int(order) if order.isdecimal() else 1
    lines: list[str] = []
    for number, item in enumerate(_nodes(node)):
        if _kind(item) in _LISTS:
            lines.append(re.sub("(?m)^(?=.)", "  ", _list(item)))
            continue
        sign = f"{first + number}. " if _kind(node) == "orderedList" else "- "
        box = {"DONE": "[x] ", "TODO": "[ ] "}.get(_attribute(item, "state"), "")
        text = _blocks(item, between="\n")
        lines.append(sign + box + re.sub("(?m)(?<=\n)^(?=.)", " " * len(sign), text))
    return "\n".join(lines)


def _table(node: Node) -> str:
    rows = [[_cell(cell) for cell in _nodes(row)] for row in _nodes(node)]
    width = max((len(row) for row in rows), default=0)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]]) if width else ""


def _cell(node: Node) -> str:
    return _blocks(node, between="\n").replace("|", r"\|").replace("\n", "<br>")


def _text(node: Node) -> str:
    text = str(node.get("text", ""))
    marks = node.get("marks")
    kinds = {_kind(mark): mark for mark in marks if isinstance(mark, Mapping)} if isinstance(marks, list) else {}
    core = text.strip()
    if not core:
        return text
    inner = _code_span(core) if "code" in kinds else core
    for kind in [kind for kind in _SIGNS if kind in kinds]:
        inner = f"{_SIGNS[kind]}{inner}{_SIGNS[kind]}"
    href = _attribute(kinds["link"], "href") if "link" in kinds else ""
    if href:
        inner = f"<{href}>" if core == href else f"[{inner}]({href})"
    return text.replace(core, inner, 1)


def _code_span(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def _card(node: Node) -> str:
    url = _attribute(node, "url")
    return f"<{url}>" if url else ""


_LISTS = ("bulletList", "orderedList", "taskList", "decisionList")

_BLOCKS: Mapping[str, Callable[[Node], str]] = {
    "heading": _heading,
    "blockquote": _quote,
    "panel": _quote,
    "codeBlock": _code,
    "rule": lambda node: "---",
    "table": _table,
    "blockCard": _card,
    "embedCard": _card,
    **dict.fromkeys(_LISTS, _list),
}

_INLINE: Mapping[str, Callable[[Node], str]] = {
    "text": _text,
    "hardBreak": lambda node: "  \n",
    "mention": lambda node: f"[~accountid:{_attribute(node, 'id')}]",
    "emoji": lambda node: _attribute(node, "text") or _attribute(node, "shortName"),
    "date": lambda node: _attribute(node, "timestamp"),
    "status": lambda node: f"[{_attribute(node, 'text')}]",
    "inlineCard": _card,
}
