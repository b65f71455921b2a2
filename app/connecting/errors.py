"""What keeps a connection from being made or used."""

from app.errors import ReactorError


class ConnectError(ReactorError):
    """A connection cannot be made or used."""


class WrongAccount(ConnectError):
    """The credentials work, but the account they belong to is not the one that should."""
