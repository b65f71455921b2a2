"""Telling what an audit found: in words, and once for each change."""

from collections.abc import Callable, Iterable

import structlog

from app.connecting.permissions.auditing import Audit, ProjectAudit, audit
from app.connecting.permissions.needs import Permission
from app.errors import ReactorError
from app.jira import Jira
from app.storage import audit as audit_log
from app.storage import connections, findings, projects
from app.storage.connections import Connection
from app.storage.database import Database

log = structlog.get_logger()


def summary(project: ProjectAudit) -> str:
    """Say what an audit found in a project, in one sentence."""
    parts = [f"lacks {_names(project.lacks)}"] if project.lacks else []
    parts += [f"has {_names(project.excess)} without need"] if project.excess else []
    return f"{project.key}: {project.verdict}{'; ' if parts else ''}{', '.join(parts)}."


def report(db: Database, connection: Connection, found: Audit, *, who: str) -> list[str]:
    """Keep what an audit found, and say, log and write into the audit log what changed since the last one."""
    changes = [
        (summary(project), project.place, project.verdict == "good")
        for project in found.projects
        if findings.keep(db, connection.id, f"permissions:{project.key}", _value(project))
    ]
    site = {"excess": [p.name for p in found.excess], "strangers": [key for key, _ in found.strangers]}
    if findings.keep(db, connection.id, "permissions", site):
        changes.append((_of_site(found), found.place, not found.excess and not found.strangers))
    for said, place, good in changes:
        (log.info if good else log.warning)("permissions", connection=connection.name, found=said, place=place)
        audit_log.record(db, who, f"permissions on {connection.name}: {said}")
    return [said for said, _, _ in changes]


def audit_all(db: Database, open_jira: Callable[[Connection], Jira]) -> list[str]:
    """Audit every connection that has authorized projects; a Jira that does not answer is left for the next time."""
    said: list[str] = []
    for connection in connections.every(db):
        # One that cannot work until an admin reconnects would only be refused.
        if connection.trouble or not projects.authorized(db, connection.id):
            continue
        try:
            found = audit(db, connection, open_jira(connection))
        except ReactorError as error:
            log.error("permissions not audited", connection=connection.name, reason=error.message, cure=error.cure)
            continue
        said += report(db, connection, found, who="schedule")
    return said


def _value(project: ProjectAudit) -> dict[str, object]:
    lacks, excess = ([p.name for p in permissions] for permissions in (project.lacks, project.excess))
    return {"verdict": project.verdict, "lacks": lacks, "excess": excess}


def _of_site(found: Audit) -> str:
    excess = f"has the global {_names(found.excess)}" if found.excess else "has no global permission without need"
    names = ", ".join(f"{name} ({key})" for key, name in found.strangers)
    return f"{found.account.name} {excess}, and may browse {names or 'no project'} without authorization."


def _names(permissions: Iterable[Permission]) -> str:
    return ", ".join(permission.name for permission in permissions)
