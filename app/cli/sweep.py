"""`jira-reactor sweep`: find what Jira did not push."""

import re
import sys

import click

from app.cli.wiring import connection_option, installation

_UNITS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Ago(click.ParamType[int]):
    """A length of time such as 90m, 12h or 3d, in milliseconds."""

    name = "time"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,6})([mhd])", value)
        if not found:
            self.fail(f"{value!r} is no length of time such as 90m, 12h or 3d.", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@click.command()
@click.argument("keys", nargs=-1)
@click.option("--since", type=Ago(), help="How far to look back, such as 90m, 12h or 3d; else to the last sweep.")
@connection_option
def sweep(keys: tuple[str, ...], since: int | None, connection: str) -> None:
    """Search the authorized projects KEYS, or all that are swept, for what Jira did not push.

    What is found goes the way of any other delivery. A worker does this every ten minutes by itself. What was deleted
    leaves nothing to find.
    """
    from app import open_jira
    from app.storage import connections, projects
    from app.webhooks.sweep import sweep as search

    ours = installation()
    site = connections.named(ours.db, connection)
    if unknown := sorted(set(keys) - projects.authorized(ours.db, site.id)):
        raise click.ClickException(f"{', '.join(unknown)} is not authorized on {site.name}.")
    swept = search(ours.db, site, open_jira(site, ours.vault, ours.db, ours.settings), keys, back=since)
    for one in swept:
        made = f"{one.made} {'delivery' if one.made == 1 else 'deliveries'} made of what Jira did not push."
        click.echo(f"{one.project}: {one.trouble or made}")
    if not swept:
        click.echo("No project is to be swept.")
    sys.exit(1 if any(one.trouble for one in swept) else 0)
