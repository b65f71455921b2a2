"""Where in Jira's settings permissions are mended; Cloud and Data Center, and two kinds of projects, differ."""

from typing import Any

from app.jira import Jira
from app.jira.client import segment
from app.jira.errors import Forbidden, NotFound, Unauthenticated
from app.storage.connections import Connection


def global_place(connection: Connection) -> str:
    """Say where global permissions are granted."""
    menu = "Settings (gear)" if connection.deployment == "cloud" else "Administration (gear)"
    return f"{menu} > System > Global permissions: remove the groups that {connection.account.name} is in"


def project_place(connection: Connection, jira: Jira, key: str) -> str:
    """Say where the permissions of a project are changed, with the name of its scheme where we may read it."""
    told = _ask(jira, f"/project/{segment(key)}")
    who = connection.account.name
    if told.get("style") == "next-gen" or told.get("simplified") is True:
        return f"{key} > Project settings > Access: give {who} a role that has exactly what it needs"
    people = "People" if connection.deployment == "cloud" else "Users and roles"
    scheme = _ask(jira, f"/project/{segment(key)}/permissionscheme").get("name")
    # Who may not read the scheme finds its name at the top of that page.
    named = f" (scheme {scheme!r})" if scheme else ""
    return (
        f"{key} > Project settings > Permissions{named} > Actions > Edit permissions for what each role may, and "
        f"Project settings > {people} for the role of {who}: {_origin(connection)}"
        f"/plugins/servlet/project-config/{key}/permissions"
    )


def _ask(jira: Jira, path: str) -> dict[str, Any]:
    try:
        told = jira.client.send("GET", f"{jira.api}{path}")
    except (Forbidden, NotFound, Unauthenticated):
        return {}
    return told if isinstance(told, dict) else {}


def _origin(connection: Connection) -> str:
    """Return the address people use; that of a connection through Atlassian's gateway is not one."""
    through_gateway = "/ex/jira/" in connection.base_url
    return f"https://{connection.site}" if through_gateway else connection.base_url
