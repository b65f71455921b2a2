"""The command line: one module per group of commands, each importing its rooms only when it runs."""

import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING

import click

from app.errors import ReactorError

if TYPE_CHECKING:
    from flask import Flask

#: Every command and the module of this package that holds it, in the order `--help` shows them.
COMMANDS = {
    "demo": "demo",
    "serve": "serving",
    "worker": "serving",
    "upgrade": "serving",
    "settings": "settings",
    "connect": "connect",
    "reconnect": "connect",
    "status": "status",
    "projects": "projects",
    "permissions": "permissions",
    "webhooks": "webhooks",
    "sweep": "sweep",
    "verify": "verify",
    "doctor": "doctor",
    "handlers": "handlers",
    "explain": "explain",
    "try": "try_",
    "deliveries": "deliveries",
    "runs": "deliveries",
    "replay": "replay",
    "vault": "vault",
    "simulator": "simulator",
}


class Commands(click.Group):
    """Loads a command's module when the command is asked for, so that `explain` never waits for the database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in our order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        return load(cmd_name) if cmd_name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong on purpose is said with its cure instead of a traceback."""
        try:
            return super().invoke(ctx)
        except ReactorError as error:
            raise Trouble(error) from error


class Trouble(click.ClickException):
    """An error of ours as the command line says it."""

    def __init__(self, error: ReactorError) -> None:
        super().__init__(error.message + (f"\n  {error.cure}" if error.cure else ""))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jira-reactor")
def main() -> None:
    """Connect a Jira workspace with coding agents."""


def load(name: str) -> click.Command:
    """Import the module of a command and return the command."""
    # Python lets no function be called `try`.
    attribute = f"{name}_" if iskeyword(name) else name
    command: click.Command = getattr(import_module(f"app.cli.{COMMANDS[name]}"), attribute)
    return command


def add_to(app: "Flask") -> None:
    """Offer the same commands under `flask`."""
    if _is_flask_command(sys.argv):
        for name in COMMANDS:
            app.cli.add_command(_explained(load(name)), name)


def _explained(command: click.Command) -> click.Command:
    # Flask's own group knows nothing of our errors.
    invoke = command.invoke

    def explain(ctx: click.Context) -> object:
        try:
            return invoke(ctx)
        except ReactorError as error:
            raise Trouble(error) from error

    command.invoke = explain  # type: ignore[method-assign]
    return command


def _is_flask_command(argv: Sequence[str]) -> bool:
    # Inside gunicorn nobody will ask for a command, so nothing is imported for it.
    return bool(argv) and argv[0].endswith(("/flask", "/flask/__main__.py"))
