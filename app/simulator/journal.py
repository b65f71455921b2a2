"""A journal of every exchange, one JSON line each, from which conformance is proven."""

import json
import os
from pathlib import Path
from typing import Any

#: Names a journal for every simulator started in this process and those it starts.
VARIABLE = "JIRA_REACTOR_SIMULATOR_JOURNAL"
SECRETS = frozenset({"secret", "SECRET"})


class Journal:
    """Appends lines to a file that several processes share: each line is one write."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, exchange: dict[str, Any]) -> None:
        """Append an exchange with every secret blotted out."""
        line = json.dumps(_blotted(exchange), ensure_ascii=False, separators=(",", ":"))
        os.write(self._file, f"{line}\n".encode())

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _blotted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "***" if key in SECRETS else _blotted(inner) for key, inner in value.items()}
    return [_blotted(inner) for inner in value] if isinstance(value, list) else value
