"""Every setting there is: read once from the environment, checked, and explained where it is wrong."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow import fields as read
from marshmallow.validate import OneOf, Range

from app.errors import ReactorError
from app.settings import kinds

PREFIX = "JIRA_REACTOR_"
CHECKOUT = Path(__file__).resolve().parent.parent.parent


class SettingsError(ReactorError):
    """A setting is missing or wrong; the message names it."""


def _setting(default: Any, kind: read.Field[Any], about: str) -> Any:
    return field(default=default, metadata={"read": kind, "about": about})


@dataclass(frozen=True)
class Settings:
    """The settings of one process; `docs/operating.md` lists them, `jira-reactor settings` prints them."""

    home: Path = _setting(
        Path("~/.jira-reactor"), kinds.Place(), "Folder for the SQLite files, the vault's key file and locks."
    )
    database_url: str = _setting(
        "", kinds.DatabaseUrl(), "SQLite file or PostgreSQL database; empty means reactor.sqlite3 in the home folder."
    )
    bind: str = _setting("127.0.0.1:8420", kinds.Address(), "Address the receiver listens on.")
    public_url: str = _setting(
        "", kinds.HomeUrl(), "URL under which Jira reaches the receiver, as registered in webhooks."
    )
    web_workers: int = _setting(2, read.Integer(validate=Range(1, 64)), "Receiver processes.")
    concurrency: int = _setting(
        8, read.Integer(validate=Range(1, 512)), "Runs that one worker works on at the same time."
    )
    max_body: int = _setting(
        25 * 1024 * 1024, read.Integer(validate=Range(1024)), "Largest accepted delivery in bytes."
    )
    handlers: tuple[Path, ...] = _setting(
        (), kinds.Folders(), "Further folders with handler files, separated by colons."
    )
    droid: str = _setting("echo", read.String(), "Which droid works: echo, factory, command, http, or a recipe's name.")
    droids: tuple[str, ...] = _setting(
        (), kinds.Words(), "Further droids that handlers and labels may name, separated by spaces."
    )
    droid_command: tuple[str, ...] = _setting(
        (), kinds.Words(), "Program and arguments of the command droid; the prompt goes to its standard input."
    )
    droid_recipes: Path | None = _setting(
        None, kinds.Folder(), "Folder with recipes of your own for agent programs, one TOML file each."
    )
    droid_env: tuple[str, ...] = _setting(
        (), kinds.Words(), "Names of environment variables a droid's program may see."
    )
    droid_cwd: Path | None = _setting(
        None, kinds.Folder(), "Folder a droid's program works in; empty means the worker's own."
    )
    droid_autonomy: str = _setting(
        "none", read.String(validate=OneOf(["none", "low", "medium", "high"])), "The most a droid may do by itself."
    )
    droid_model: str = _setting("", read.String(), "Model the droid is to use; empty means its own default.")
    droid_tools: tuple[str, ...] = _setting(
        (), kinds.Words(), "The only tools the factory droid may use; empty means its own."
    )
    droid_url: str = _setting("", kinds.PlainUrl(), "Where the http droid takes its tasks.")
    droid_secret: str = _setting(
        "", kinds.SigningSecret(), "Secret that signs the http droid's tasks and their answers (whsec_...)."
    )
    droid_hosts: tuple[str, ...] = _setting(
        (), kinds.Words(), "Hosts the http droid may have although they lack https or are in a private network."
    )
    droid_timeout: float = _setting(
        1800.0, read.Float(validate=Range(1)), "Seconds after which a droid is stopped and its run fails."
    )
    acknowledge_after: float = _setting(
        3.0, read.Float(validate=Range(0, 8)), "Seconds an answer may take without a status comment coming first."
    )
    progress_seconds: float = _setting(
        15.0, read.Float(validate=Range(15)), "Least seconds between two edits of a run's status comment."
    )
    stale_after: float = _setting(
        1800.0, read.Float(validate=Range(1)), "Seconds without a sign of life after which a run counts as stale."
    )
    command_words: tuple[tuple[str, str], ...] = _setting(
        (), kinds.Vocabulary(), "Further words for commands in comments, as in halt=stop."
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
        "https://auth.atlassian.com", kinds.HomeUrl(), "Where Atlassian authorizes; another only for a simulated one."
    )
    atlassian_api_url: str = _setting(
        "https://api.atlassian.com", kinds.HomeUrl(), "Atlassian's API gateway; another only for a simulated one."
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
    if name in ("keys", "oauth_client_secret", "droid_secret"):
        return "(given)" if value else ""
    if name == "database_url" and "@" in value:
        return f"{value.partition('://')[0]}://...@{value.rpartition('@')[2]}"
    if value is None:
        return ""
    if name == "command_words":
        return " ".join(map("=".join, value))
    if isinstance(value, tuple):
        return (":" if name == "handlers" else " ").join(str(part) for part in value)
    return str(value)
