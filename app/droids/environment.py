"""Decide on an agent program's surroundings: few environment variables, never ours, and a folder that is there."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from app.droids.base import DroidMisconfigured

#: What programs need to find themselves around.
ALWAYS = frozenset({"PATH", "HOME", "LANG", "TERM", "TMPDIR", "USER", "LOGNAME"})


def allowed(names: Iterable[str], variables: Mapping[str, str]) -> dict[str, str]:
    """Pick from `variables` what every program gets, the locale, and `names`."""
    passed = ALWAYS | set(names)
    return {name: value for name, value in variables.items() if name in passed or name.startswith("LC_")}


def place(cwd: Path | None) -> Path | None:
    """Give back the folder that an agent program is to work in; raises DroidMisconfigured where it is not there."""
    if cwd is not None and not cwd.is_dir():
        raise DroidMisconfigured(
            f"The folder {cwd} that JIRA_REACTOR_DROID_CWD names is not there.",
            "Create it, or name one that the worker's user can enter.",
        )
    return cwd


def refuse_ours(names: Iterable[str]) -> None:
    """Raise DroidMisconfigured where `names` would hand out one of our own settings, which may hold secrets."""
    ours = sorted(name for name in names if name.upper().startswith("JIRA_REACTOR_"))
    if ours:
        raise DroidMisconfigured(
            f"JIRA_REACTOR_DROID_ENV lists {', '.join(ours)}, but settings of this service are never given to a droid.",
            "Remove it there; if the program needs the value, set it under a name of the program's own.",
        )
