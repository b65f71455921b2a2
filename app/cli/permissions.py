"""`jira-reactor permissions`: what the service account may do, lacks, and has without need."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from app.cli.wiring import connection_option, installation, json_option

if TYPE_CHECKING:
    from app.connecting.permissions import Audit, Permission, ProjectAudit

_COLOURS = {"good": "green", "may too much": "yellow", "works in part": "yellow", "cannot work": "red"}
#: Beyond these, names are counted; --json names all.
_MOST_STRANGERS = 20


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@connection_option
@json_option
def permissions(keys: tuple[str, ...], connection: str, as_json: bool) -> None:
    """Compare what the account may do with what it needs, in project KEY or in all authorized ones.

    Ends with 1 where a needed permission is lacking.
    """
    from app import open_jira
    from app.connecting.permissions import audit, report
    from app.storage import connections

    ours = installation()
    site = connections.named(ours.db, connection)
    found = audit(ours.db, site, open_jira(site, ours.vault, ours.db, ours.settings), keys)
    report(ours.db, site, found, who="cli")
    click.echo(json.dumps(_plain(found)) if as_json else "\n".join(_text(found, site.site)))
    sys.exit(1 if any(project.lacks for project in found.projects) else 0)


def _plain(found: "Audit") -> dict[str, Any]:
    return {
        "account": {"id": found.account.id, "name": found.account.name},
        "projects": [_project(project) for project in found.projects],
        "global_excess": _list(found.excess),
        "browsable_unauthorized": [{"key": key, "name": name} for key, name in found.strangers],
        "global_place": found.place,
    }


def _project(project: "ProjectAudit") -> dict[str, Any]:
    return {
        "key": project.key,
        "name": project.name,
        "verdict": project.verdict,
        "has": [permission.name for permission in project.has],
        "lacks": _list(project.lacks),
        "excess": _list(project.excess),
        "place": project.place,
    }


def _list(permissions: "Iterable[Permission]") -> list[dict[str, str]]:
    return [{"key": p.key, "name": p.name, "effect": p.effect} for p in permissions]


def _text(found: "Audit", site: str) -> Iterator[str]:
    yield f"{click.style(found.account.name, bold=True)} on {site}"
    for project in found.projects:
        yield ""
        yield from _block(project)
    if not found.projects:
        yield "\nNo project is authorized; `jira-reactor projects authorize KEY`."
    if found.excess or found.strangers:
        yield "\nOn the whole site"
        yield from (_row("!", permission.name, permission.effect) for permission in found.excess)
        for key, name in found.strangers[:_MOST_STRANGERS]:
            yield _row("!", f"{key} ({name})", "may be browsed, but is not authorized")
        if (more := len(found.strangers) - _MOST_STRANGERS) > 0:
            yield _row("!", f"and {more} more projects", "--json names them all")
        yield f"  Mend it at {found.place}."


def _block(project: "ProjectAudit") -> Iterator[str]:
    verdict = click.style(project.verdict, fg=_COLOURS[project.verdict], bold=True)
    yield f"{click.style(project.key, bold=True)} {project.name or '(not visible)'}: {verdict}"
    yield from (_row("✓", permission.name) for permission in project.has)
    yield from (_row("✗", permission.name, permission.effect) for permission in project.lacks)
    yield from (_row("!", permission.name, f"without need: {permission.effect}") for permission in project.excess)
    if project.verdict != "good":
        yield f"  Mend it at {project.place}."


def _row(mark: str, name: str, effect: str = "") -> str:
    colour = {"✓": "green", "✗": "red", "!": "yellow"}[mark]
    return f"  {click.style(mark, fg=colour)} {name:<28} {effect}".rstrip()
