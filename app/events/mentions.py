"""Who a text of Jira mentions."""

import re
from collections.abc import Iterator, Mapping

from app.events.event import Body

_VERBATIM = re.compile(r"\{(code|noformat)(?::[^{}\n]*)?\}|\{\{[^{}\n]*\}\}")
_MENTION = re.compile(r"\[(?:[^\[\]|\n]*\|)?~(?:accountid:)?([^\[\]|\n]+)\]", re.IGNORECASE)


def mentions(body: Body) -> tuple[str, ...]:
    """Return whom `body` mentions, each once and in order: accountIds on Cloud, login names on Data Center."""
    found = _in_wiki(body) if isinstance(body, str) else _in_adf(body)
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


def _in_wiki(text: str) -> Iterator[str]:
    """Yield mentions outside code, where Jira tells nobody."""
    start = 0
    for code in _VERBATIM.finditer(text):
        if code.start() < start:
            continue
        yield from _MENTION.findall(text[start : code.start()])
        end = text.find(f"{{{code[1]}}}", code.end()) if code[1] else code.end()
        # A macro that is never closed hides nothing.
        start = code.end() if end < 0 else end + len(code[1] or "") + 2 * bool(code[1])
    yield from _MENTION.findall(text[start:])


def _in_adf(document: object) -> Iterator[str]:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, Mapping):
            waiting.append(node.get("content"))
            attrs = node.get("attrs")
            if node.get("type") == "mention" and isinstance(attrs, Mapping) and isinstance(attrs.get("id"), str):
                yield attrs["id"]
