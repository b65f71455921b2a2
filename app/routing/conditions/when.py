"""The condition for all that has no name of its own: a function of the event."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from app.events.event import Event, User
from app.routing.errors import RouteError


@dataclass(frozen=True)
class When:
    """A function of the event says yes; one that fails says no, and why."""

    predicate: Callable[[Event], object]

    def words(self) -> str:
        """Read as a clause."""
        return f"{self._name()}(event) says yes"

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold."""
        try:
            return "" if self.predicate(event) else f"needs a yes of {self._name()}(event)"
        except Exception as error:  # whatever a handler's author wrote must not stop the other routes
            return f"needs a yes of {self._name()}(event), which failed: {type(error).__name__}: {error}"

    def _name(self) -> str:
        return getattr(self.predicate, "__name__", type(self.predicate).__name__)


def when(value: object) -> When:
    """Check when=."""
    if not callable(value):
        raise RouteError(f"when={value!r} is not a function.", "Give a function that takes the event.")
    if not takes_one(value):
        raise RouteError(f"when={value!r} does not take exactly one argument.", "It is called with the event.")
    return When(value)


def takes_one(function: Callable[..., object]) -> bool:
    """Tell whether a function has one positional parameter and no other."""
    parameters = list(inspect.signature(function).parameters.values())
    return len(parameters) == 1 and parameters[0].kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
