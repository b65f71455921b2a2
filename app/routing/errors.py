"""What is wrong with a handler file, and the nearest right spelling."""

import difflib
from collections.abc import Collection

from app.errors import ReactorError


class RouteError(ReactorError):
    """A route or the handler file it stands in cannot be used as it is written."""


def did_you_mean(given: str, known: Collection[str]) -> str:
    """Ask for the name nearest to a mistaken one, or list all there are."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), folded, n=1)
    return f"Did you mean {folded[near[0]]}?" if near else f"There are: {', '.join(known)}."
