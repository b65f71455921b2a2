"""Say in one line what a tool does, for the people who wait."""

from collections.abc import Mapping
from pathlib import Path

from app.droids.cleaning import one_line

_LONGEST = 120
#: For each of Factory's tools: how its step reads, and the argument that says the most about it.
_TOOLS = {
    "Read": ("Reading", "file_path"),
    "Edit": ("Editing", "file_path"),
    "Create": ("Writing", "file_path"),
    "ApplyPatch": ("Editing files", ""),
    "Execute": ("Running", "command"),
    "Grep": ("Searching for", "pattern"),
    "Glob": ("Looking for", "patterns"),
    "LS": ("Looking into", "directory_path"),
    "FetchUrl": ("Reading", "url"),
    "WebSearch": ("Searching the web for", "query"),
    "Task": ("Handing over:", "description"),
    "TodoWrite": ("Planning", ""),
    "AskUser": ("Asking", ""),
}
#: What stands between a server of the Model Context Protocol and its tool in a tool's name.
_OF_SERVER = "___"


def step(tool: str, arguments: Mapping[str, object], place: Path) -> str:
    """Say what is being done; files below `place` are named from there."""
    words, telling = _TOOLS.get(tool, (_using(tool), ""))
    told = arguments.get(telling)
    texts = [text for text in (told if isinstance(told, list | tuple) else [told]) if isinstance(text, str)]
    about = one_line(", ".join(text.removeprefix(f"{place}/") for text in texts))
    line = f"{words} {about}".strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _using(tool: str) -> str:
    server, found, name = tool.rpartition(_OF_SERVER)
    return one_line(f"Using {name} of {server}" if found else f"Using {tool}")
