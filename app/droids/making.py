"""Make the droid that the settings name."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from app.droids.base import Droid, DroidUnknown
from app.droids.command import CommandDroid
from app.droids.echo import EchoDroid

#: The droids there are.
NAMES = ("echo", "command")


def make(name: str, *, command: Sequence[str] = (), env_names: Sequence[str] = (), cwd: Path | None = None) -> Droid:
    """Make the droid called `name`; raises DroidUnknown or DroidMisconfigured."""
    if name == "echo":
        return EchoDroid()
    if name == "command":
        return CommandDroid(tuple(command), tuple(env_names), cwd)
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise DroidUnknown(
        f"JIRA_REACTOR_DROID is {name!r}, and there is no such droid.", f"{hint}There are: {', '.join(NAMES)}."
    )
