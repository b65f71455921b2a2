"""Reading a document: its fenced blocks, headings, tables and the code within its lines."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is the word written behind the language, if any."""

    document: Path
    line: int
    language: str
    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a console block and what the document says it prints; nothing said means anything will do."""

    where: str
    text: str
    printed: str
    #: Who types it, where not every reader does: the words behind "console".
    ways: tuple[str, ...] = ()


def blocks(document: Path, *languages: str) -> list[Block]:
    """List the blocks in these languages, or all."""
    text = document.read_text()
    found = [
        Block(document, text.count("\n", 0, match.start()) + 1, match[1], match[2], match[3])
        for match in _FENCE.finditer(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def commands(document: Path) -> list[Command]:
    """List what the console blocks tell a reader to type, in order; a command stands behind "$ "."""
    found = []
    for block in blocks(document, "console"):
        first, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert not first.strip(), f"{block} does not begin with a command"
        for part in parts:
            command, _, printed = part.partition("\n")
            found.append(Command(str(block), command, printed, tuple(filter(None, block.file.split(",")))))
    return found


def prose(document: Path) -> str:
    """Give the document without its fenced blocks."""
    return _FENCE.sub("", document.read_text())


def section(document: Path, heading: str) -> str:
    """Give what stands under a heading up to the next one of its level or above, without fenced blocks."""
    text = prose(document)
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"{document.name} has no heading {heading}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def headings(text: str, level: int) -> list[str]:
    """List the headings of one level."""
    return re.findall(rf"^#{{{level}}} (.+)$", text, re.MULTILINE)


def rows(text: str) -> list[list[str]]:
    """List the cells of every table row, without headings and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = {number for number, line in enumerate(lines) if re.fullmatch(r"[|: -]+", line)}
    kept = [line for number, line in enumerate(lines) if number not in rules and number + 1 not in rules]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in kept]


def code(text: str) -> list[str]:
    """List what stands between single backticks, line breaks folded."""
    return [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", text)]


def anchors(document: Path) -> set[str]:
    """Name the anchors that a code host makes of headings."""
    found = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
