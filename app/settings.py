"""Every setting there is: read once from the environment, checked, and explained where it is wrong."""

import difflib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError
from marshmallow import fields as read
from marshmallow.validate import OneOf, Range

from app.errors import ReactorError

PREFIX = "JIRA_REACTOR_"
CHECKOUT = Path(__file__).resolve().parent.parent


class SettingsError(ReactorError):
    """A setting is missing or wrong; the message names it."""


def _setting(default: Any, kind: read.Field[Any], about: str) -> Any:
    return field(default=default, metadata={"read": kind, "about": about})


class _Words(read.Field[tuple[str, ...]]):
    """Words as a shell would split them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        try:
            return tuple(shlex.split(value))
        except ValueError as error:
            raise ValidationError(f"cannot be split into words ({error})") from None


class _Place(read.Field[Path]):
    """An absolute path, because the processes of an installation do not all start in the same folder."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        place = Path(value).expanduser()
        if not place.is_absolute():
            raise ValidationError(f"is {value!r}, not an absolute path")
        return place.resolve()


class _Folder(_Place):
    """A folder that is there."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        folder = super()._deserialize(value, attr, data, **kwargs)
        if not folder.is_dir():
            raise ValidationError(f"names {folder}, which is not a folder")
        return folder


class _Folders(read.Field[tuple[Path, ...]]):
    """Folders, separated as in PATH."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Path, ...]:
        return tuple(_Folder().deserialize(part) for part in value.split(":") if part)


class _Address(read.Field[str]):
    """HOST:PORT to listen on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValidationError(f"is {value!r}, not HOST:PORT such as 127.0.0.1:8420")
        return str(value)


class _HomeUrl(read.Field[str]):
    """A URL without a trailing slash, query or credentials."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            parts = urlsplit(str(value))
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or "@" in parts.netloc:
            raise ValidationError("must be a plain URL such as https://reactor.example.com")
        return str(value).rstrip("/")


class _DatabaseUrl(read.Field[str]):
    """A SQLAlchemy URL of SQLite or PostgreSQL; PostgreSQL always goes through psycopg."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        scheme, separator, rest = str(value).partition("://")
        if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            return f"postgresql+psycopg://{rest}"
        if separator and scheme == "sqlite" and rest.startswith("//") and rest.strip("/"):
            return str(value)
        raise ValidationError("must be sqlite:////ABSOLUTE/FILE or postgresql://USER:PASSWORD@HOST/NAME")


@dataclass(frozen=True)
class Settings:
    """The settings of one process; `docs/operating.md` lists them, `jira-reactor settings` prints them."""

    home: Path = _setting(
        Path("~/.jira-reactor"), _Place(), "Folder for the SQLite files, the vault's key file and locks."
    )
    database_url: str = _setting(
        "", _DatabaseUrl(), "SQLite file or PostgreSQL database; empty means reactor.sqlite3 in the home folder."
    )
    bind: str = _setting("127.0.0.1:8420", _Address(), "Address the receiver listens on.")
    public_url: str = _setting("", _HomeUrl(), "URL under which Jira reaches the receiver, as registered in webhooks.")
    web_workers: int = _setting(2, read.Integer(validate=Range(1, 64)), "Receiver processes.")
    web_threads: int = _setting(
        1,
        read.Integer(validate=Range(1, 64)),
        "Threads per receiver process; several where no proxy in front takes slow clients' requests in whole.",
    )
    concurrency: int = _setting(
        8, read.Integer(validate=Range(1, 512)), "Runs that one worker works on at the same time."
    )
    max_body: int = _setting(
        25 * 1024 * 1024, read.Integer(validate=Range(1024)), "Largest accepted delivery in bytes."
    )
    handlers: tuple[Path, ...] = _setting((), _Folders(), "Further folders with handler files, separated by colons.")
    droid: str = _setting("echo", read.String(validate=OneOf(["echo", "command"])), "Which droid works: echo, command.")
    droid_command: tuple[str, ...] = _setting(
        (), _Words(), "Program and arguments of the command droid; the prompt goes to its standard input."
    )
    droid_env: tuple[str, ...] = _setting((), _Words(), "Names of environment variables the command droid may see.")
    droid_cwd: Path | None = _setting(
        None, _Folder(), "Folder the command droid works in; empty means the worker's own."
    )
    droid_timeout: float = _setting(
        1800.0, read.Float(validate=Range(1)), "Seconds after which a droid is stopped and its run fails."
    )
    runs_per_issue: int = _setting(
        60, read.Integer(validate=Range(1)), "Runs one issue may cause in an hour before it is left alone."
    )
    hops: int = _setting(
        5, read.Integer(validate=Range(1)), "Runs in a row that may answer what followed a run's own writes."
    )
    keys: str = _setting(
        "", read.String(), "Vault keys, newest first, separated by commas; empty means a key file in the home folder."
    )
    oauth_client_id: str = _setting("", read.String(), "Client id of the OAuth app that connects Cloud sites.")
    oauth_client_secret: str = _setting(
        "", read.String(), "Its client secret, which also signs the deliveries of dynamic webhooks."
    )
    atlassian_auth_url: str = _setting(
        "https://auth.atlassian.com", _HomeUrl(), "Where Atlassian authorizes; another only for a simulated one."
    )
    atlassian_api_url: str = _setting(
        "https://api.atlassian.com", _HomeUrl(), "Atlassian's API gateway; another only for a simulated one."
    )
    log_format: str = _setting("text", read.String(validate=OneOf(["text", "json"])), "Log lines as text or json.")
    log_level: str = _setting(
        "INFO", read.String(validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])), "Least severe log line written."
    )

    @property
    def handler_folders(self) -> tuple[Path, ...]:
        """Name every folder handlers come from, the shipped one first."""
        return (CHECKOUT / "handlers", *self.handlers)

    def describe(self) -> list[tuple[str, str, str]]:
        """List (environment variable, value, meaning) of every setting, secrets replaced by what is known of them."""
        return [
            (PREFIX + f.name.upper(), _shown(f.name, getattr(self, f.name)), f.metadata["about"]) for f in fields(self)
        ]


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings out of an environment.

    Raises SettingsError for a wrong value and for a JIRA_REACTOR_ name that does not exist.
    """
    given = {name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    known = {f.name: f.metadata["read"] for f in fields(Settings)}
    _refuse_unknown(given.keys() - known.keys() - _OTHERS, known)
    schema = Schema.from_dict(known)()
    try:
        values = schema.load({name: value for name, value in given.items() if name in known and value != ""})
    except ValidationError as error:
        raise SettingsError(*_explain(error)) from None
    home = values.get("home", Settings.home).expanduser().resolve()
    values["home"] = home
    values.setdefault("database_url", f"sqlite:///{home / 'reactor.sqlite3'}")
    return Settings(**values)


#: Names under our prefix that other programs of ours read: the tests' material and the simulator's journal.
_OTHERS = frozenset({"shared", "simulator_journal"})


def _refuse_unknown(unknown: set[str], known: Mapping[str, Any]) -> None:
    for name in sorted(unknown):
        near = difflib.get_close_matches(name, known, n=1)
        cure = (
            f"Did you mean {PREFIX}{near[0].upper()}?" if near else "`jira-reactor settings` lists the ones there are."
        )
        raise SettingsError(f"There is no setting {PREFIX}{name.upper()}.", cure)


def _explain(error: ValidationError) -> tuple[str, str]:
    name, problems = next(iter(error.messages_dict.items()))
    about = next(f.metadata["about"] for f in fields(Settings) if f.name == name)
    return f"{_variable(name)}: {' '.join(problems)}", f"It means: {about} Correct or unset it."


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _shown(name: str, value: Any) -> str:
    if name in ("keys", "oauth_client_secret"):
        return "(given)" if value else ""
    if name == "database_url" and "@" in value:
        return f"{value.partition('://')[0]}://...@{value.rpartition('@')[2]}"
    if value is None:
        return ""
    if isinstance(value, tuple):
        return (":" if name == "handlers" else " ").join(str(part) for part in value)
    return str(value)
