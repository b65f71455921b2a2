"""What commands that need the database begin with."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.database import Database
    from app.storage.vault import Vault


@dataclass(frozen=True)
class Installation:
    """The settings of this process and what they open."""

    settings: "Settings"

    @cached_property
    def db(self) -> "Database":
        """The database, its tables brought up to date."""
        from app.storage.database import Database
        from app.storage.upgrade import upgrade

        db = Database(self.settings.database_url)
        upgrade(db)
        return db

    @cached_property
    def vault(self) -> "Vault":
        """The vault with the installation's keys."""
        from app.storage.vault import Vault

        return Vault(self.settings.keys, self.settings.home)

    def close(self) -> None:
        """Close the database, if anybody asked for it."""
        if "db" in vars(self):
            self.db.close()


def installation() -> Installation:
    """Open the installation that the environment names, until the command ends."""
    from app import logs
    from app.settings import load

    ours = Installation(load(os.environ))
    # What a command has to say it prints; only what is wrong is logged as well.
    logs.configure("ERROR", ours.settings.log_format)
    click.get_current_context().call_on_close(ours.close)
    return ours


def read_token(path: str | None, what: str, *, variable: str = "") -> str:
    """Read a secret from a file, `-` for standard input, or an environment variable, or ask for it without showing it.

    Never from argv, which other users of the machine can see.
    """
    if path:
        try:
            with click.open_file(path) as file:
                return str(file.read()).strip()
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{path}, which shall hold the {what}, cannot be read: {error}") from None
    return os.environ.get(variable, "") or str(click.prompt(what, hide_input=True)).strip()


#: Which connection a command is about.
connection_option = click.option("--connection", default="", help="Name of the connection, where there are several.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
