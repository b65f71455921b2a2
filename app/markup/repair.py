"""Make valid ADF of what marklassian builds: it nests blocks Jira refuses and keeps links Jira cannot open."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from itertools import zip_longest
from typing import Any

Node = dict[str, Any]
Restore = Callable[[str], str]

_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+")
_REFERENCE = re.compile(r"&#?\w{1,32};")
_OPENABLE = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_NOTHING: Node = {}


def repaired(blocks: Iterable[Any], *, restore: Restore) -> list[Node]:
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
        return _table(content, restore)
    return _list(node, parent, restore)


def _titled(node: Node, content: list[Node], parent: str) -> list[Node]:
    """Return a heading, bold text where none may stand, or a paragraph unless there is nothing to see in it."""
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
    return [_tasks_as_bullets(items, restore)]


def _item(node: Node, restore: Restore) -> Node:
    content = [fixed for child in node["content"] for fixed in _block(child, "listItem", restore)]
    return {**node, "content": content or [_paragraph([])]}


def _task(node: Node, restore: Restore) -> Node:
    if node["type"] == "taskItem":
        return {**node, "content": _inline(node["content"], restore)}
    if node["type"] == "taskList":
        return {**node, "content": [_task(item, restore) for item in node["content"]]}
    return _item(node, restore)


def _tasks_as_bullets(items: list[Node], restore: Restore) -> Node:
    bullets: list[Node] = []
    for item in items:
        if item["type"] == "taskList":
            bullets[-1]["content"].append(_tasks_as_bullets(item["content"], restore))
            continue
        box = _text("[x] " if item["attrs"]["state"] == "DONE" else "[ ] ")
        if item["type"] == "taskItem":
            bullets.append({"type": "listItem", "content": [_paragraph([box, *_inline(item["content"], restore)])]})
        else:
            bullets.append({"type": "listItem", "content": [_paragraph([box]), *_item(item, restore)["content"]]})
    return {"type": "bulletList", "content": bullets}


def _table(rows: list[Node], restore: Restore) -> list[Node]:
    """Return a table; mistune finds tables nowhere but directly in the document."""
    for row in rows:
        for cell in row["content"]:
            blocks = [fixed for child in cell["content"] for fixed in _block(child, cell["type"], restore)]
            cell["content"] = blocks or [_paragraph([])]
    return [{"type": "table", "content": rows}] if rows else []


def _code(node: Node, restore: Restore) -> Node:
    text = "".join(restore(child["text"]) for child in node.get("content", []))
    return {"type": "codeBlock", "attrs": node["attrs"], "content": [_text(text)] if text else []}


def _image(attrs: Node) -> Node:
    link = {"type": "link", "attrs": {"href": attrs["url"]}}
    return {"type": "text", "text": attrs["alt"] or attrs["url"] or "image", "marks": [link]}


def _inline(nodes: list[Node], restore: Restore) -> list[Node]:
    """Return inline nodes without empty texts, with real line breaks, and with links Jira can open."""
    result: list[Node] = []
    for node, after in zip_longest(nodes, nodes[1:], fillvalue=_NOTHING):
        if node["type"] != "text":
            result.append(node)
            continue
        href = restore(_href(node))
        marks = [mark for mark in node.get("marks", []) if mark["type"] != "link"]
        text = _decoded(restore(node["text"]), marks)
        if not href:
            result += _plain(text, marks)
        elif _OPENABLE.match(href):
            result.append(_text(text, [*marks, {"type": "link", "attrs": {"href": href}}]))
        else:
            ends = _href(after) != _href(node)
            result.append(_text(f"{text} ({href})" if ends and href != text else text, marks))
    return [node for node in result if node.get("text") != ""]


def _href(node: Node) -> str:
    return next((mark["attrs"]["href"] for mark in node.get("marks", []) if mark["type"] == "link"), "")


def _decoded(text: str, marks: list[Node]) -> str:
    """Return text with its character references resolved, which mistune leaves to the one who renders."""
    return text if _is_code(marks) else _REFERENCE.sub(lambda match: unescape(match[0]), text)


def _is_code(marks: list[Node]) -> bool:
    return any(mark["type"] == "code" for mark in marks)


def _plain(text: str, marks: list[Node]) -> list[Node]:
    """Return text that is no link: `<br>` breaks its line, and a bare address in it can be clicked, as in Markdown."""
    if _is_code(marks):
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
    return [*result, _text(text[start:], marks)]


def _paragraph(content: list[Node]) -> Node:
    return {"type": "paragraph", "content": content}


def _text(text: str, marks: list[Node] | None = None) -> Node:
    return {"type": "text", "text": text, "marks": marks} if marks else {"type": "text", "text": text}


def _marked(node: Node, mark: Node) -> Node:
    marks = node.get("marks", [])
    if node["type"] != "text" or any(present["type"] in ("code", mark["type"]) for present in marks):
        return node
    return {**node, "marks": [*marks, mark]}
