"""Checks of each connection: its status, its permissions, its webhooks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from app.connecting import permissions
from app.connecting.doctor.check import Check, Outcome, done, fail, ok, warn
from app.connecting.permissions import Audit, ProjectAudit, Verdict, summary
from app.connecting.status import ConnectionStatus, ask
from app.connecting.status.lifetime import words
from app.connecting.status.stored import moment, reconnect
from app.jira import Jira
from app.storage.connections import Connection
from app.storage.database import Database

_OUTCOMES: dict[Verdict, Outcome] = {
    "good": "ok",
    "may too much": "warn",
    "works in part": "warn",
    "cannot work": "fail",
}


class Finding(Protocol):
    """What comparing the registered webhooks with Jira's finds."""

    @property
    def kind(self) -> str:
        """Of which kind it is."""

    @property
    def text(self) -> str:
        """What is wrong, with its cure."""


#: Kinds of findings that keep nothing from arriving.
_HARMLESS = frozenset({"foreign", "orphan", "unneeded", "unsigned"})
#: Compares a connection's webhooks with what Jira has, changing nothing.
Compare = Callable[[Connection, Jira], Sequence[Finding]]


def connection_checks(
    db: Database, told: ConnectionStatus, open_jira: Callable[[Connection], Jira], compare: Compare
) -> Iterator[Check]:
    """Ask the connection's Jira; where it does not answer, what needs it is not looked at."""
    connection = told.connection
    asked = ask(db, told, open_jira)
    yield from _status(asked)
    if not asked.answered:
        return
    yield from _clock(asked)
    jira = open_jira(connection)
    found = done(f"{connection.name}: permissions", lambda: permissions_of(db, connection, jira))
    yield from found
    name = f"{connection.name}: webhooks"
    yield from done(name, lambda: webhooks_of(name, asked, compare(connection, jira)))


def _status(told: ConnectionStatus) -> Iterator[Check]:
    connection = told.connection
    for problem in told.problems:
        yield fail(connection.name, problem.said, problem.cure)
    if not told.problems:
        yield ok(connection.name, f"Connected to {connection.site} as {connection.account.name}.")
    token = told.token
    name = f"{connection.name}: credentials"
    if token.threshold is not None and not token.ended:
        yield warn(name, f"They are {words(token)}.", reconnect(connection))
    elif not token.ended:
        yield ok(name, f"They are {words(token)}.")


def _clock(told: ConnectionStatus) -> Iterator[Check]:
    if told.skew is not None:
        said = f"Jira's clock and ours differ by {abs(told.skew):.1f} s."
        yield ok(f"{told.connection.name}: clock", said)


def permissions_of(db: Database, connection: Connection, jira: Jira) -> Iterator[Check]:
    """Audit the permissions of all authorized projects."""
    name = f"{connection.name}: permissions"
    found = permissions.audit(db, connection, jira)
    if not found.projects:
        cure = "Run `jira-reactor projects authorize KEY`."
        yield warn(name, "No project is authorized, so nothing is reacted to.", cure)
    for project in found.projects:
        yield _project(name, project)
    yield from _site(name, found)


def _project(name: str, project: ProjectAudit) -> Check:
    outcome = _OUTCOMES[project.verdict]
    return Check(name, outcome, summary(project), "" if outcome == "ok" else f"In Jira: {project.place}.")


def _site(name: str, found: Audit) -> Iterator[Check]:
    if found.excess:
        names = ", ".join(permission.name for permission in found.excess)
        yield warn(name, f"The account has {names} for the whole site without need.", f"In Jira: {found.place}.")
    if found.strangers:
        said = f"The account may browse {len(found.strangers)} projects that are not authorized."
        yield warn(name, said, "`jira-reactor permissions` names them; take it out of the groups that let it in.")


def webhooks_of(name: str, told: ConnectionStatus, findings: Iterable[Finding]) -> Iterator[Check]:
    """Say what differs between our webhooks and Jira's, and when Jira last pushed something."""
    cure = "`jira-reactor webhooks doctor` mends what it can."
    wrong = [Check(name, "warn" if f.kind in _HARMLESS else "fail", f.text, cure) for f in findings]
    yield from wrong
    if wrong or not told.webhooks:
        return
    if told.last_delivery is None:
        yield warn(name, "Jira never pushed anything yet.", "`jira-reactor verify KEY` lets it push something.")
    else:
        yield ok(name, f"They are as they must be; Jira last pushed at {moment(told.last_delivery)}.")
