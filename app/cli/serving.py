"""`jira-reactor serve`, `worker` and `upgrade`: the processes of an installation."""

import os
import signal
import sys
from contextlib import closing

import click

from app.cli import Trouble
from app.errors import ReactorError


@click.command()
def serve() -> None:
    """Run the receiver and one worker, restart either when it dies, stop both on SIGTERM."""
    from app import logs
    from app.cli.supervising import Supervisor
    from app.settings import CHECKOUT, load

    settings = load(os.environ)
    logs.configure(settings.log_level, settings.log_format)
    _upgrade()
    supervisor = Supervisor(
        {
            "receiver": gunicorn_command(settings.bind, settings.web_workers, "wsgi:app"),
            "worker": [sys.executable, "-m", "app.cli", "worker"],
        },
        cwd=CHECKOUT,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    click.echo(f"jira-reactor listens on http://{settings.bind}; its files are in {settings.home}.", err=True)
    supervisor.run()


def gunicorn_command(bind: str, workers: int, target: str) -> list[str]:
    """Say how gunicorn is started, by `serve` and by whoever measures it; gunicorn.conf.py says the rest."""
    from app.settings import CHECKOUT

    options = ["--config", str(CHECKOUT / "gunicorn.conf.py"), "--bind", bind, "--workers", str(workers)]
    return [sys.executable, "-m", "gunicorn", *options, target]


@click.command()
def worker() -> None:
    """Decide what was received and let handlers react."""
    from app import create_worker
    from app.settings import load

    working = create_worker(load(os.environ))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())
    code = 1
    try:
        working.run()
        code = 0
    except ReactorError as error:
        Trouble(error).show()
    sys.stdout.flush()
    sys.stderr.flush()
    # A run in the middle of a droid's work would hold the interpreter's exit for as long as it takes.
    os._exit(code)


@click.command()
def upgrade() -> None:
    """Bring the database's tables up to date."""
    before, after = _upgrade()
    was = "" if before == after else f", was {before or 'empty'}"
    click.echo(f"The database is at revision {after}{was}.")


def _upgrade() -> tuple[str | None, str | None]:
    from app.settings import load
    from app.storage.database import Database
    from app.storage.upgrade import upgrade as bring_up_to_date

    with closing(Database(load(os.environ).database_url)) as db:
        return bring_up_to_date(db)
