"""Comparing what the service account may do in Jira with what it needs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from app.connecting.permissions.needs import ESSENTIAL, NEEDED, TOO_MUCH, TOO_MUCH_GLOBALLY, Permission
from app.connecting.permissions.places import global_place, project_place
from app.events.event import User
from app.jira import Jira
from app.jira.errors import NotFound
from app.storage import projects
from app.storage.connections import Connection
from app.storage.database import Database

Verdict = Literal["good", "may too much", "works in part", "cannot work"]


@dataclass(frozen=True)
class ProjectAudit:
    """What the account may do in one project; `place` is where in Jira's settings that is changed."""

    key: str
    #: Empty where the account cannot see the project.
    name: str
    has: tuple[Permission, ...]
    lacks: tuple[Permission, ...]
    excess: tuple[Permission, ...]
    place: str

    @property
    def verdict(self) -> Verdict:
        """Judge the project in a few words."""
        if set(self.lacks) & set(ESSENTIAL):
            return "cannot work"
        if self.lacks:
            return "works in part"
        return "may too much" if self.excess else "good"


@dataclass(frozen=True)
class Audit:
    """What the account may do on a site; `strangers` are (key, name) of projects it may browse unauthorized."""

    account: User
    projects: tuple[ProjectAudit, ...]
    excess: tuple[Permission, ...]
    strangers: tuple[tuple[str, str], ...]
    place: str


def audit(db: Database, connection: Connection, jira: Jira, keys: Collection[str] = ()) -> Audit:
    """Ask Jira what the account may do in these projects, or in all authorized ones; raises JiraError."""
    authorized = projects.authorized(db, connection.id)
    browsable = dict(jira.projects())
    held = jira.permissions(keys=_keys(TOO_MUCH_GLOBALLY))
    return Audit(
        jira.account,
        tuple(_project(connection, jira, key, browsable.get(key, "")) for key in sorted(keys or authorized)),
        _among(TOO_MUCH_GLOBALLY, held),
        tuple(sorted((key, name) for key, name in browsable.items() if key not in authorized | set(keys))),
        global_place(connection),
    )


def _project(connection: Connection, jira: Jira, key: str, name: str) -> ProjectAudit:
    held = _held(jira, key)
    return ProjectAudit(
        key,
        name,
        has=_among(NEEDED, held),
        lacks=tuple(permission for permission in NEEDED if not held.get(permission.key)),
        excess=_among(TOO_MUCH, held),
        place=project_place(connection, jira, key),
    )


def _held(jira: Jira, key: str) -> dict[str, bool]:
    try:
        return jira.permissions(key, _keys((*NEEDED, *TOO_MUCH)))
    except NotFound:
        # So Jira answers for a project that the account may not browse.
        return {}


def _keys(permissions: Iterable[Permission]) -> list[str]:
    return [permission.key for permission in permissions]


def _among(permissions: Iterable[Permission], held: dict[str, bool]) -> tuple[Permission, ...]:
    return tuple(permission for permission in permissions if held.get(permission.key))
