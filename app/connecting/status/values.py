"""What a status consists of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.connecting.status.lifetime import Lifetime
from app.storage.connections import Connection
from app.storage.webhooks import Webhook

State = Literal["Connected", "Degraded", "Reconnect needed"]
_WORSE: tuple[State, ...] = ("Connected", "Degraded", "Reconnect needed")


@dataclass(frozen=True)
class Problem:
    """Something that keeps a connection, or all of them, from working; `state` is what it makes of them."""

    state: State
    said: str
    cure: str


@dataclass(frozen=True)
class ConnectionStatus:
    """How one connection fares. What only Jira can tell is empty where it was not asked or did not answer."""

    connection: Connection
    projects: tuple[str, ...]
    token: Lifetime
    webhooks: tuple[Webhook, ...]
    problems: tuple[Problem, ...]
    #: When Jira last pushed something, in milliseconds.
    last_delivery: int | None = None
    #: Whether Jira let us in when it was asked.
    answered: bool = False
    version: str = ""
    #: How many seconds Jira's clock is ahead of ours.
    skew: float | None = None

    @property
    def state(self) -> State:
        """The worst that its problems make of it."""
        return worst(problem.state for problem in self.problems)


@dataclass(frozen=True)
class Status:
    """How the installation fares; `problems` are those of all connections together."""

    connections: tuple[ConnectionStatus, ...]
    problems: tuple[Problem, ...]
    #: Deliveries that wait for a decision.
    backlog: int
    worker_alive: bool

    @property
    def state(self) -> State:
        """The worst of everything."""
        return worst([*(p.state for p in self.problems), *(c.state for c in self.connections)])


def worst(states: Iterable[State]) -> State:
    """Choose the worst of some states; of none, that all is well."""
    return max(states, key=_WORSE.index, default="Connected")
