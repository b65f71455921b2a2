"""What every condition can do."""

from typing import Protocol

from app.events.event import Event, User


class Condition(Protocol):
    """One thing that must hold of an event before a route runs."""

    def words(self) -> str:
        """Read as a clause: "the project is OPS"."""

    def failed(self, event: Event, droid: User | None) -> str:
        """Say why it does not hold, as a reader continues the route's id: "needs project OPS, not DEMO".

        Empty where it holds.
        """
