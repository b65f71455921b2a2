"""Turn Markdown into an ADF document that Jira Cloud accepts."""

import re

from marklassian import markdown_to_adf

from app.markup.repair import Node, repaired

# Terminal colours, control characters, lone surrogates and non-characters: Jira refuses or mangles them.
_UNPRINTABLE = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Every "<" is text, except where it opens an autolink or a link's target, or is escaped already.
_HTML = re.compile(
    r"(?<!\]\()(?<!(?<!\\)\\)<(?!(?:https?://|mailto:)[^\s<>]*>|[\w.+-]+@[\w.-]+>)|(?<=\]\()<(?![^<>\n]{0,2048}>)"
)
# No address is this long, and mistune looks through all of it once for every bracket before it.
_ENDLESS_TARGET = re.compile(r"(?<=\])\((?=\S{2049})")

# Non-characters stand in for what must come through the parser as text, and are put back behind it.
_STANDS_FOR = {"\ufdd0": "<", "\ufdd1": "("}


def to_adf(markdown: str) -> Node:
    """Return `markdown` as an ADF document, valid against Atlassian's schema whatever the text is.

    `[~accountid:ID]` outside code becomes a mention. HTML is shown as it is written, since ADF has none, and an
    image becomes a link to it: a page that loads pictures from anywhere lets a misled droid send data out with them.
    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    text = _UNPRINTABLE.sub("", markdown)
    text = _ENDLESS_TARGET.sub("\ufdd1", _HTML.sub("\ufdd0", text))
    blocks = markdown_to_adf(text, jira_mentions=True)["content"]
    return {"version": 1, "type": "doc", "content": repaired(blocks, restore=_restored)}


def _restored(text: str) -> str:
    for stand_in, meant in _STANDS_FOR.items():
        text = text.replace(stand_in, meant)
    return text
