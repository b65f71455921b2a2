"""An installation of its own and a simulated Jira, as the command line sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import load
from app.simulator import Running, start
from app.simulator.people import Person
from app.storage.database import Database
from tests.reacting.conftest import here

__all__ = ["here"]


@dataclass
class Shell:
    """Runs commands against one installation; `jira` is the Jira there is to connect."""

    home: Path
    jira: Running
    droid: Person
    admin: Person
    environ: dict[str, str]

    def run(self, *words: str, input: str | None = None, **environ: str) -> Result:  # noqa: A002 - click's word
        """Run a command; whatever is no error of ours comes up as it is."""
        env = {**self.environ, **{f"JIRA_REACTOR_{name}": value for name, value in environ.items()}}
        return CliRunner().invoke(main, words, input=input, env=env, catch_exceptions=False)

    def ok(self, *words: str, input: str | None = None, **environ: str) -> str:  # noqa: A002 - click's word
        """Run a command that must succeed, and return what it printed."""
        result = self.run(*words, input=input, **environ)
        assert result.exit_code == 0, result.output
        return result.stdout

    def token_file(self, person: Person) -> str:
        file = self.home / f"{person.username}.token"
        file.write_text(f"{person.token}\n")
        return str(file)

    def connect(self, *more: str) -> str:
        email = ("--email", self.droid.email) if self.cloud else ()
        return self.ok("connect", self.jira.url, *email, "--token-file", self.token_file(self.droid), *more)

    def register(self, *more: str) -> Result:
        email = ("--admin-email", self.admin.email) if self.cloud else ()
        return self.run("webhooks", "register", *email, "--admin-token-file", self.token_file(self.admin), *more)

    @property
    def cloud(self) -> bool:
        return bool(self.jira.site.face.name == "cloud")

    def database(self) -> Database:
        return Database(load(self.environ).database_url)


def open_shell(face: Any, home: Path) -> Iterator[Shell]:
    with start(face) as jira:
        droid = jira.site.add_user("Factory Droid", email="droid@example.com")
        admin = jira.site.add_user("Admin", email="admin@example.com", admin=True)
        jira.site.add_project("OPS", "Operations")
        jira.site.add_project("WEB", "Website")
        environ = {"JIRA_REACTOR_HOME": str(home), "JIRA_REACTOR_PUBLIC_URL": "https://reactor.example.com"}
        yield Shell(home, jira, droid, admin, environ)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    yield from open_shell("cloud", tmp_path)


@pytest.fixture(params=["cloud", "datacenter"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """Both Jiras, one after the other."""
    yield from open_shell(request.param, tmp_path)
