"""What only Jira can tell of a connection: whether it lets us in, its version and its clock."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.connecting.status.stored import reconnect
from app.connecting.status.values import ConnectionStatus, Problem, Status
from app.errors import ReactorError
from app.events.event import User
from app.jira import Jira
from app.jira.errors import Unauthenticated
from app.storage import deliveries
from app.storage.connections import Connection
from app.storage.database import Database

#: The tokens of dynamic webhooks are refused beyond this many seconds.
MOST_SKEW = 60.0


def asked_status(db: Database, status: Status, open_jira: Callable[[Connection], Jira]) -> Status:
    """Complete what is stored with what each Jira says, and with its last delivery."""
    return replace(status, connections=tuple(ask(db, told, open_jira) for told in status.connections))


def ask(db: Database, told: ConnectionStatus, open_jira: Callable[[Connection], Jira]) -> ConnectionStatus:
    """Ask one Jira who it is, what time it has and who we are; what it refuses becomes a problem."""
    told = replace(told, last_delivery=deliveries.last_received(db, told.connection.id))
    try:
        jira = open_jira(told.connection)
        server = jira.server()
        told = replace(told, version=".".join(map(str, server.version)), skew=server.skew)
        account = _account(told.connection, jira.myself())
        return _with(replace(told, answered=True), *_clock(server.skew), *account)
    except Unauthenticated as error:
        # What is stored of it says the same with less detail.
        others = tuple(problem for problem in told.problems if problem.said != told.connection.trouble)
        return _with(replace(told, problems=others), Problem("Reconnect needed", error.message, error.cure))
    except ReactorError as error:
        return _with(told, Problem("Degraded", error.message, error.cure))


def _with(told: ConnectionStatus, *problems: Problem) -> ConnectionStatus:
    return replace(told, problems=(*told.problems, *problems))


def _clock(skew: float | None) -> Iterator[Problem]:
    if skew is not None and abs(skew) > MOST_SKEW:
        how = "ahead of" if skew > 0 else "behind"
        said = f"Jira's clock is {abs(skew):.0f} s {how} ours, so tokens of deliveries do not verify."
        yield Problem("Degraded", said, "Let this machine keep its clock by NTP (`timedatectl set-ntp true`).")


def _account(connection: Connection, account: User) -> Iterator[Problem]:
    if not account.active:
        said = f"The account {account.name} is deactivated in Jira."
        yield Problem("Reconnect needed", said, "Reactivate it in Jira's user management, or connect with another.")
    if account.id != connection.account.id:
        said = f"The credentials belong to {account.name}, but the connection was made as {connection.account.name}."
        yield Problem("Reconnect needed", said, reconnect(connection))
