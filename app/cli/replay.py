"""`jira-reactor replay`: send a kept delivery or a file through again."""

from pathlib import Path

import click

from app.cli.wiring import connection_option, installation


@click.command()
@click.argument("what", nargs=-1, required=True)
@connection_option
def replay(what: tuple[str, ...], connection: str) -> None:
    """Send WHAT through again: numbers of kept deliveries, or files with bodies as Jira sent them.

    Its routes react again even where they reacted to the same before. Files go to --connection.
    """
    from app.receiving.replay import replay as again
    from app.receiving.replay import replay_body
    from app.storage import connections

    db = installation().db
    for one in what:
        if one.isdigit():
            seq = again(db, int(one))
        else:
            path = Path(one)
            if not path.is_file():
                raise click.ClickException(f"{one} is neither the number of a delivery nor a file.")
            seq = replay_body(db, connections.named(db, connection), path.read_bytes())
        click.echo(f"{one} is kept again as delivery {seq}.")
