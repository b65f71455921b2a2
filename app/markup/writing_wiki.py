"""Turn Markdown into the wiki markup that Jira Data Center shows."""

import re
from itertools import zip_longest

from app.markup.repair import Node
from app.markup.writing_adf import to_adf

#: What Data Center can colour; it shows an error in place of any other language.
_LANGUAGES = frozenset(
    (
        *("actionscript", "ada", "applescript", "bash", "c", "c#", "c++", "cpp", "css", "erlang", "go", "groovy"),
        *("haskell", "html", "java", "javascript", "js", "json", "lua", "objc", "perl", "php", "python", "r", "ruby"),
        *("scala", "sh", "sql", "swift", "visualbasic", "xml", "yaml"),
    )
)
_MARKS = {"em": "_", "strong": "*", "strike": "-"}

_MENTION = r"\[~[^\[\]\s|\\]+\]"
_MEANINGFUL = re.compile(
    r"[{}\[\]]"
    r"|(?<![^\W_])[*_+^~-](?=\S|\Z)"  # would open an effect; one inside a word or before a space cannot
    r"|!(?=\S)"
    r"|\?(?=\?)|(?<=\?)\?"
    r"|\((?=(?:[xyni/!?+*-]|\*[rgby]|on|off|flag|flagoff)\))"  # (x) and its kind become pictures
    r"|\\(?![\w\s])"
    r"|&(?=\#?\w{1,10};)"
)
_ENTITIES = {"\\": "&#92;", "&": "&amp;", "|": "&#124;", ".": "&#46;"}
_LINE_START = re.compile(r"(?m)^([ \t]*)(?:([#*-]+(?=[ \t])|\|)|(h[1-6]|bq)\.(?=[ \t]))")
_NOTHING: Node = {}


def to_wiki(markdown: str) -> str:
    """Return `markdown` as wiki markup; what would be markup by accident is escaped, so that it shows as written.

    `[~name]` and `[~accountid:ID]` outside code stay mentions.
    https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
    """
    # By way of ADF, so that a droid's answer reads the same on both kinds of Jira.
    return "\n\n".join(_block(node) for node in to_adf(markdown)["content"])


def _block(node: Node) -> str:
    kind, content = node["type"], node.get("content", [])
    if kind == "heading":
        return f"h{node['attrs']['level']}. {_inline(content, line_break=' ')}"
    if kind == "codeBlock":
        return _code(node)
    if kind == "rule":
        return "----"
    if kind == "blockquote":
        return "{quote}\n" + "\n\n".join(_block(child) for child in content) + "\n{quote}"
    if kind == "table":
        return "\n".join(_row(row) for row in content)
    if kind == "paragraph":
        return _paragraph(content)
    return "\n".join(_list(node, ""))


def _paragraph(content: list[Node]) -> str:
    def escaped(match: re.Match[str]) -> str:
        indent, bullet, word = match.groups()
        return f"{indent}\\{bullet}" if bullet else f"{indent}{word}{_ENTITIES['.']}"

    return _LINE_START.sub(escaped, _inline(content, line_break="\n").strip())


def _code(node: Node) -> str:
    text = "".join(child["text"] for child in node["content"])
    language = node["attrs"]["language"].lower()
    fence = f"{{code:{language if language in _LANGUAGES else 'none'}}}"
    # Nothing can be escaped inside the macro; a space of no width keeps the text from ending it.
    harmless = text.replace("{code", "{\u200bcode")
    return f"{fence}\n{harmless}\n{{code}}"


def _list(node: Node, bullets: str) -> list[str]:
    """Return the lines of a list; wiki markup ends a list at the first empty line, so there is none."""
    bullets += "#" if node["type"] == "orderedList" else "*"
    lines: list[str] = []
    for item in node["content"]:
        if item["type"] == "taskList":
            lines += _list(item, bullets)
        else:
            lines += _item(item, bullets)
    return lines


def _item(item: Node, bullets: str) -> list[str]:
    state = item.get("attrs", {}).get("state")
    box = {"DONE": "☑ ", "TODO": "☐ "}.get(state, "")
    content = item["content"]
    blocks = [{"type": "paragraph", "content": content}] if item["type"] == "taskItem" else content
    lines: list[str] = []
    for number, block in enumerate(blocks):
        if block["type"] in ("bulletList", "orderedList", "taskList"):
            lines += _list(block, bullets)
        else:
            text = re.sub(r"\n\s*(?=\n)", "", _block(block)) if block["type"] == "paragraph" else _block(block)
            lines.append(text if number else f"{bullets} {box}{text}")
    return lines


def _row(row: Node) -> str:
    bar = "||" if any(cell["type"] == "tableHeader" for cell in row["content"]) else "|"
    return bar + bar.join(_cell(cell) for cell in row["content"]) + bar


def _cell(cell: Node) -> str:
    blocks = [_inline(block["content"], line_break=r" \\ ", bars=True) for block in cell["content"]]
    return r" \\ ".join(blocks).strip() or " "


def _inline(nodes: list[Node], *, line_break: str, bars: bool = False) -> str:
    """Return inline nodes as one text; `bars` says that a bare | would end a table cell."""
    result = ""
    for node, after in zip_longest(nodes, nodes[1:], fillvalue=_NOTHING):
        if node["type"] == "hardBreak":
            result += line_break
        elif node["type"] == "mention":
            result += f"[~accountid:{node['attrs']['id']}]"
        else:
            edges = result[-1:] + node["text"][:1], node["text"][-1:] + after.get("text", "")[:1]
            result += _effects(node, within_word=any(len(edge) > 1 and edge.isalnum() for edge in edges), bars=bars)
    return result


def _effects(node: Node, *, within_word: bool, bars: bool) -> str:
    """Return one text with its marks around it, spaces left outside; within a word Jira wants them in braces."""
    marks = {mark["type"]: mark for mark in node.get("marks", [])}
    text = node["text"]
    core = text.strip()
    if not core or not marks:
        return _escaped(text, bars=bars)
    href = marks["link"]["attrs"]["href"] if "link" in marks else None
    inner = _escaped(core, bars=bars or href is not None, mentions="code" not in marks and href is None)
    if "code" in marks:
        inner = f"{{{{{{}}{inner}{{}}}}}}" if within_word else f"{{{{{inner}}}}}"
    for sign in [_MARKS[kind] for kind in _MARKS if kind in marks]:
        sign = f"{{{sign}}}" if within_word else sign
        inner = f"{sign}{inner}{sign}"
    if href is not None:
        address = re.sub(r"[\[\]|{}\s\\]", lambda match: f"%{ord(match[0]):02X}", href)
        inner = f"[{address}]" if core == href else f"[{inner}|{address}]"
    return str(text.replace(core, inner, 1))


def _escaped(text: str, *, bars: bool, mentions: bool = True) -> str:
    parts = re.split(f"({_MENTION})", text) if mentions else [text]
    parts[::2] = [_MEANINGFUL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), part) for part in parts[::2]]
    if bars:
        parts[::2] = [part.replace("|", _ENTITIES["|"]) for part in parts[::2]]
    return "".join(parts)
