"""An installation in processes of its own beside a simulated Jira, used as its admin would."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

from app.connecting.connect import make_connection
from app.jira import ApiToken, connect
from app.markup import to_markdown
from app.settings import PREFIX, load
from app.simulator import Running, start
from app.simulator.people import Person
from app.storage import deliveries, projects, runs, workers
from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from app.webhooks.register import plan, register
from tests.environment import unmeasured
from tests.postgres import free_port
from tests.reacting.waiting import eventually

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "app.cli"]


@dataclass
class House:
    """One installation: its files, its settings, and the Jira it is to serve."""

    home: Path
    jira: Running
    ada: Person
    droid: Person
    admin: Person
    db: Database
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.environ[f"{PREFIX}PUBLIC_URL"]

    @property
    def log(self) -> Path:
        return self.home / "log"

    def set(self, name: str, value: str) -> None:
        self.environ[PREFIX + name] = value

    def cli(self, *words: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one command as an admin does."""
        env = self.environ | {PREFIX + name: value for name, value in environ.items()}
        return subprocess.run(
            [*COMMAND, *words], cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, check=False
        )

    def ok(self, *words: str, stdin: str = "") -> str:
        """Run a command that must succeed, and return what it printed."""
        ended = self.cli(*words, stdin=stdin)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def set_up(self) -> None:
        """Connect, authorize and register, one command each."""
        cloud = self.jira.site.face.name == "cloud"
        email = ("--email", self.droid.email) if cloud else ()
        self.ok("connect", self.jira.url, *email, "--token-file", "-", stdin=self.droid.token)
        self.ok("projects", "authorize", "OPS")
        admin = ("--admin-email", self.admin.email) if cloud else ()
        self.ok("webhooks", "register", *admin, "--admin-token-file", "-", stdin=self.admin.token)

    def set_up_at_once(self) -> None:
        """Do the same without commands, for stories about what comes after."""
        settings = load(self.environ)
        vault = Vault(settings.keys, settings.home)
        credentials = {"email": self.droid.email, "token": self.droid.token}
        connection = make_connection(
            self.db,
            vault,
            connect("cloud", self.jira.url, ApiToken(**credentials)),
            name="ours",
            deployment="cloud",
            base_url=self.jira.url,
            auth="api_token",
            credentials=credentials,
        )
        projects.authorize(self.db, connection.id, "OPS")
        admin = connect("cloud", self.jira.url, ApiToken(self.admin.email, self.admin.token))
        register(self.db, vault, connection, plan(self.db, connection, settings.public_url), admin)

    @contextmanager
    def running(self, *commands: Sequence[str]) -> Iterator[list["subprocess.Popen[bytes]"]]:
        """Run processes meanwhile, ending them with SIGTERM."""
        with self.log.open("ab") as log:
            processes = [
                subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True)
                for command in commands
            ]
        try:
            yield processes
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(20)

    @contextmanager
    def served(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run `jira-reactor serve` meanwhile."""
        with self.running([*COMMAND, "serve"]) as [process]:
            eventually(lambda: self.answers() and self.works())
            yield process

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def works(self) -> bool:
        return bool(workers.alive(self.db, 60_000))

    def issue(self, **fields: Any) -> str:
        key: str = self.jira.site.create_issue("OPS", "Printer is on fire", by=self.ada, **fields).key
        return key

    def ask(self, key: str, text: str) -> None:
        """Let Ada mention the droid."""
        mention = self.jira.site.face.mention(self.droid)
        self.jira.site.add_comment(key, f"{mention} {text}", by=self.ada)

    def said(self, key: str) -> list[str]:
        comments = self.jira.site.issues[key].comments
        return [to_markdown(c.body).strip() for c in comments if c.author.id == self.droid.id]

    def done(self) -> None:
        """Wait until everything is decided and every run has ended."""

        def settled() -> bool:
            idle = self.jira.sender.wait_idle(0.01) and not deliveries.undecided(self.db, 1)
            return idle and all(run.state in runs.ENDED for run in runs.latest(self.db, 100))

        eventually(settled)


@contextmanager
def built(face: Literal["cloud", "datacenter"], home: Path) -> Iterator[House]:
    """Build an installation that knows no Jira yet."""
    # Retries come after seconds instead of minutes, long enough for a receiver to be started again.
    with start(face, retry_scale=0.003) as jira:
        site, address = jira.site, f"127.0.0.1:{free_port()}"
        ours = {"HOME": str(home), "BIND": address, "PUBLIC_URL": f"http://{address}", "WEB_WORKERS": "1"}
        environ = {name: value for name, value in unmeasured(os.environ).items() if not name.startswith(PREFIX)}
        environ |= {PREFIX + name: value for name, value in ours.items()}
        environ |= {name: value for name, value in os.environ.items() if name == f"{PREFIX}SIMULATOR_JOURNAL"}
        db = Database(load(environ).database_url)
        upgrade(db)
        site.add_project("OPS", "Operations")
        yield House(
            home,
            jira,
            site.add_user("Ada", email="ada@example.com"),
            site.add_user("Factory Droid", email="droid@example.com"),
            site.add_user("Admin", email="admin@example.com", admin=True),
            db,
            environ,
        )
        db.close()


def children(pid: int) -> list[int]:
    """List a process's children, and theirs."""
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [one for child in own for one in (child, *children(child))]


def program(pid: int) -> str:
    """Read the words a process was started with."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
