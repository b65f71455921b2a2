"""Make the droids that the settings name."""

import difflib
from collections.abc import Callable, Mapping

from app.droids.base import Droid, DroidUnknown
from app.droids.command import CommandDroid
from app.droids.cookbook import find_recipe, names
from app.droids.echo import EchoDroid
from app.droids.http.droid import HttpDroid
from app.droids.recipe import Recipe
from app.settings import Settings

_MAKERS: Mapping[str, Callable[[Settings], Droid]] = {
    "echo": lambda settings: EchoDroid(),
    "command": lambda settings: _command("command", Recipe(settings.droid_command), settings),
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
    """Make the droid called `name`, which is a kind's or a recipe's; raises DroidUnknown or DroidMisconfigured."""
    if maker := _MAKERS.get(name):
        return maker(settings)
    if recipe := find_recipe(name, settings.droid_recipes):
        return _command(name, recipe, settings)
    setting = "JIRA_REACTOR_DROID is" if name == settings.droid else "JIRA_REACTOR_DROIDS names"
    known = [*_MAKERS, *names(settings.droid_recipes)]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise DroidUnknown(f"{setting} {name!r}, and there is no such droid.", f"{hint}There are: {', '.join(known)}.")


def _command(name: str, recipe: Recipe, settings: Settings) -> CommandDroid:
    # A model's name means something to one vendor's program only, so further droids keep their own.
    model = settings.droid_model if name == settings.droid else ""
    return CommandDroid(recipe, settings.droid_env, settings.droid_cwd, model)
