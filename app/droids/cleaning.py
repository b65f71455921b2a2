"""Take out of a text what people do not see, or databases cannot hold."""

import re
import unicodedata

# What Unicode tells every display to ignore: zero-width and bidi characters, tags, fillers, variation selectors.
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt (Default_Ignorable_Code_Point)
# Added: interlinear annotation (FFF9-FFFB), control characters but tab and newline, and halves of surrogate pairs.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+"
)
# Terminal colours and the like; control characters and halves of surrogate pairs, which databases and Jira refuse.
_UNPRINTABLE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)
_AS_EMOJI = "\ufe0f"
_JOINER = "\u200d"


def visible(text: str) -> str:
    """Keep what a person reading the issue can see, with plain newlines; HTML comments go as well."""
    lines = "\n".join(text.splitlines())
    return _without_comments(_INVISIBLE.sub(_keep_emoji, lines))


def one_line(text: str) -> str:
    """Keep what can be seen, as one line."""
    return " ".join(visible(text).split())


def printable(text: str) -> str:
    """Keep what a database and Jira can hold of a program's output."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n")).strip()


def _keep_emoji(run: re.Match[str]) -> str:
    """Keep a lone joiner or selector where it forms an emoji: a single one there can carry no message."""
    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    forms_emoji = run.group() == _AS_EMOJI or (run.group() in (_JOINER, _AS_EMOJI + _JOINER) and _pictograph(after))
    return run.group() if forms_emoji and _pictograph(before) else ""


def _pictograph(char: str) -> bool:
    return char > "\u2000" and unicodedata.category(char) in ("So", "Sk")


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[position:start])
        position = end + len("-->")
    kept.append(text[position:])
    # What is left of interleaved or unclosed ones must not read as an opening.
    return "".join(kept).replace("<!--", "< !--")
