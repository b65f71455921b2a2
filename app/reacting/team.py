"""The droids a handler may ask, and how far they may go."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from app.droids.base import Autonomy, Droid
from app.errors import ReactorError

#: From the least to the most.
_AUTONOMIES: tuple[Autonomy, ...] = get_args(Autonomy)


class NoSuchDroid(ReactorError):
    """A handler named a droid that is not on the team."""


@dataclass(frozen=True)
class Team:
    """Droids by name, the one that works unless another is named first."""

    droids: Mapping[str, Droid]
    #: Seconds a droid may take unless a handler says otherwise.
    timeout: float = 1800.0
    #: The most that any of them may do by itself.
    autonomy: Autonomy = "none"

    @property
    def names(self) -> tuple[str, ...]:
        """Name the droids."""
        return tuple(self.droids)

    def pick(self, name: str) -> tuple[str, Droid]:
        """Find a droid by its name, or the first one where none is named; raises NoSuchDroid."""
        wanted = name or self.names[0]
        if wanted not in self.droids:
            near = difflib.get_close_matches(wanted, self.names, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(self.names)}."
            raise NoSuchDroid(f"There is no droid {wanted} here.", f"{hint} JIRA_REACTOR_DROIDS names further ones.")
        return wanted, self.droids[wanted]

    def bounded(self, wanted: Autonomy | None) -> Autonomy:
        """Give what a handler asks for, as far as the settings allow it; all of that where it asks for nothing."""
        return min(wanted or self.autonomy, self.autonomy, key=_AUTONOMIES.index)
