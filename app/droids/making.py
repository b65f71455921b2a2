"""Make the droids that the settings name."""

import difflib
from collections.abc import Callable, Mapping

from app.droids.base import Droid, DroidUnknown
from app.droids.command import CommandDroid
from app.droids.echo import EchoDroid
from app.droids.http.droid import HttpDroid
from app.settings import Settings

_MAKERS: Mapping[str, Callable[[Settings], Droid]] = {
    "echo": lambda settings: EchoDroid(),
    "command": lambda settings: CommandDroid(settings.droid_command, settings.droid_env, settings.droid_cwd),
    "http": lambda settings: HttpDroid(
        settings.droid_url, settings.droid_secret, settings.public_url, settings.droid_hosts
    ),
}


def team(settings: Settings) -> dict[str, Droid]:
    """Make every droid that may be named, the one that works unless another is named first.

    Raises DroidUnknown or DroidMisconfigured.
    """
    return {name: make(name, settings) for name in (settings.droid, *settings.droids)}


def make(name: str, settings: Settings) -> Droid:
    """Make the droid called `name`; raises DroidUnknown or DroidMisconfigured."""
    maker = _MAKERS.get(name)
    if maker is None:
        setting = "JIRA_REACTOR_DROID is" if name == settings.droid else "JIRA_REACTOR_DROIDS names"
        near = difflib.get_close_matches(name, _MAKERS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise DroidUnknown(
            f"{setting} {name!r}, and there is no such droid.", f"{hint}There are: {', '.join(_MAKERS)}."
        )
    return maker(settings)
