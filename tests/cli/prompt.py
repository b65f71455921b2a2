"""Typing commands about a place that is connected already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main
from app.storage.vault import Vault
from tests.tables import lay_out
from tests.webhooks.places import Place, open_place


@dataclass
class Prompt:
    """A shell beside an installation; `lent` are the options that lend the administrator's token."""

    place: Place
    home: Path

    def run(self, *words: str, input: str | None = None, **environ: str) -> Result:  # noqa: A002 - click's word
        settings = self.place.settings
        env = {
            "HOME": str(self.home),
            "DATABASE_URL": settings.database_url,
            "PUBLIC_URL": settings.public_url,
            "OAUTH_CLIENT_ID": settings.oauth_client_id,
            "OAUTH_CLIENT_SECRET": settings.oauth_client_secret,
            "ATLASSIAN_AUTH_URL": settings.atlassian_auth_url,
            "ATLASSIAN_API_URL": settings.atlassian_api_url,
            **environ,
        }
        env = {f"JIRA_REACTOR_{name}": value for name, value in env.items()}
        return CliRunner().invoke(main, words, input=input, env=env, catch_exceptions=False)

    def ok(self, *words: str, input: str | None = None) -> str:  # noqa: A002 - click's word
        result = self.run(*words, input=input)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str, **environ: str) -> str:
        """Run a command that must fail, and return what it said."""
        result = self.run(*words, **environ)
        assert result.exit_code == 1, result.output
        return result.output

    @property
    def lent(self) -> tuple[str, ...]:
        file = self.home / "admin.token"
        file.write_text(self.place.admin.token)
        email = ("--admin-email", self.place.admin.email) if self.place.site.face.name == "cloud" else ()
        return (*email, "--admin-token-file", str(file))


@contextmanager
def prompt(kind: str, home: Path) -> Iterator[Prompt]:
    db = lay_out(home / "reactor.sqlite3")
    with open_place(kind, db, Vault("", home), home) as place:
        yield Prompt(place, home)
    db.close()
