"""Make the tree that marklassian builds valid ADF: it nests blocks that Jira refuses and keeps links Jira cannot open."""

import re
from collections.abc import Callable, Iterable
from typing import Any

Node = dict[str, Any]
Restore = Callable[[str], str]

_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+")
_OPENABLE = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)


def repaired(blocks: Iterable[Node], *, restore: Restore) -> list[Node]:
    """Return `blocks` as valid content of a document; `restore` is applied to every text and address."""
    return [fixed for block in blocks for fixed in _block(block, "doc", restore)]


def _block(node: Node, parent: str, restore: Restore) -> list[Node]:
    """Return what stands for `node` inside `parent` (doc, blockquote, listItem or a table cell)."""
    kind, content = node["type"], node.get("content", [])
    if kind in ("paragraph", "heading"):
        return _titled(node, _inline(content, restore), parent)
    if kind == "codeBlock":
        return [_code(node, restore)]
    if kind == "mediaSingle":
        return [_paragraph(_inline([_image(content[0]["attrs"])], restore))]
    if kind == "rule":
        return [node] if parent == "doc" else [_paragraph([_text("---")])]
    if kind == "blockquote":
        inner = [fixed for child in content for fixed in _block(child, "blockquote", restore)]
        return [{**node, "content": inner or [_paragraph([])]}] if parent == "doc" else inner
    if kind == "table":
        return _table(content, parent, restore)
    return _list(node, parent, restore)


def _titled(node: Node, content: list[Node], parent: str) -> list[Node]:
    """Return a paragraph with something to see or a heading; where no heading may stand, it becomes a bold paragraph."""
    if node["type"] == "paragraph":
        return [_paragraph(content)] if any(child.get("text", "x").strip() for child in content) else []
    if parent == "doc":
        return [{**node, "content": content}]
    return [_paragraph([_marked(child, {"type": "strong"}) for child in content])]


def _list(node: Node, parent: str, restore: Restore) -> list[Node]:
    """Return a list; tasks inside a quote, where Jira allows none, become items that show their box."""
    items = node["content"]
    if node["type"] != "taskList":
        return [{**node, "content": [_item(item, restore) for item in items]}] if items else []
    if parent != "blockquote":
        return [{**node, "content": [_task(item, restore) for item in items]}]
    return [{"type": "bulletList", "content": [_task_as_item(item, restore) for item in items]}]


def _item(node: Node, restore: Restore) -> Node:
    content = [fixed for child in node["content"] for fixed in _block(child, "listItem", restore)]
    return {**node, "content": content or [_paragraph([])]}


def _task(node: Node, restore: Restore) -> Node:
    if node["type"] == "taskItem":
        return {**node, "content": _inline(node["content"], restore)}
    if node["type"] == "taskList":
        return {**node, "content": [_task(item, restore) for item in node["content"]]}
    return _item(node, restore)


def _task_as_item(node: Node, restore: Restore) -> Node:
    if node["type"] == "taskList":
        nested = [_task_as_item(item, restore) for item in node["content"]]
        return {"type": "listItem", "content": [{"type": "bulletList", "content": nested}]}
    box = _text("[x] " if node["attrs"]["state"] == "DONE" else "[ ] ")
    if node["type"] == "taskItem":
        return {"type": "listItem", "content": [_paragraph([box, *_inline(node["content"], restore)])]}
    return {"type": "listItem", "content": [_paragraph([box]), *_item(node, restore)["content"]]}


def _table(rows: list[Node], parent: str, restore: Restore) -> list[Node]:
    """Return a table, or one paragraph a row where no table may stand."""
    if parent != "doc":
        return [_paragraph(_row_as_text(row, restore)) for row in rows]
    for row in rows:
        for cell in row["content"]:
            cell["content"] = [fixed for child in cell["content"] for fixed in _block(child, "tableCell", restore)]
    return [{"type": "table", "content": rows}] if rows else []


def _row_as_text(row: Node, restore: Restore) -> list[Node]:
    line: list[Node] = []
    for cell in row["content"]:
        blocks = [fixed for child in cell["content"] for fixed in _block(child, "listItem", restore)]
        line += [_text(" | ")] if line else []
        line += [inline for block in blocks for inline in block["content"]]
    return line


def _code(node: Node, restore: Restore) -> Node:
    text = "".join(restore(child["text"]) for child in node.get("content", []))
    return {"type": "codeBlock", "attrs": node["attrs"], "content": [_text(text)] if text else []}


def _image(attrs: Node) -> Node:
    link = {"type": "link", "attrs": {"href": attrs["url"]}}
    return {"type": "text", "text": attrs["alt"] or attrs["url"] or "image", "marks": [link]}


def _inline(nodes: list[Node], restore: Restore) -> list[Node]:
    """Return inline nodes without empty texts, with real line breaks, and with links Jira can open."""
    result: list[Node] = []
    for node, after in zip(nodes, [*nodes[1:], {}], strict=True):
        if node["type"] != "text":
            result.append(node)
            continue
        marks = node.get("marks", [])
        href = next((restore(mark["attrs"]["href"]) for mark in marks if mark["type"] == "link"), None)
        others = [mark for mark in marks if mark["type"] != "link"]
        text = restore(node["text"])
        if href is None:
            result += _plain(text, others)
        elif _OPENABLE.match(href):
            result.append(_text(text, [*others, {"type": "link", "attrs": {"href": href}}]))
        else:
            ends = after.get("marks") != marks
            result.append(_text(f"{text} ({href})" if ends and href not in ("", text) else text, others))
    return result


def _plain(text: str, marks: list[Node]) -> list[Node]:
    """Return text without a link of its own: `<br>` breaks the line and bare addresses can be clicked, as in Markdown."""
    if any(mark["type"] == "code" for mark in marks):
        return [_text(text, marks)]
    result: list[Node] = []
    for number, line in enumerate(_BREAK.split(text)):
        result += [{"type": "hardBreak"}] if number else []
        result += _linked(line, marks)
    return result


def _linked(text: str, marks: list[Node]) -> list[Node]:
    result, start = [], 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?*_]}" if "(" in match[0] else ".,;:!?*_]})")
        result.append(_text(text[start : match.start()], marks))
        result.append(_text(address, [*marks, {"type": "link", "attrs": {"href": address}}]))
        start = match.start() + len(address)
    return [node for node in [*result, _text(text[start:], marks)] if node["text"]]


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph", "content": content}


def _text(text: str, marks: list[Node] | None = None) -> Node:
    return {"type": "text", "text": text, "marks": marks} if marks else {"type": "text", "text": text}


def _marked(node: Node, mark: Node) -> Node:
    marks = node.get("marks", [])
    if node["type"] != "text" or any(present["type"] in ("code", mark["type"]) for present in marks):
        return node
    return {**node, "marks": [*marks, mark]}
