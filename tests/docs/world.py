"""The world in which the commands of a document run: two simulated Jiras, a home, a shell."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

import requests

from app.simulator import Running, start
from app.simulator.people import SERVICE_DOMAIN, Person
from tests.docs.reading import ROOT, Block, Command
from tests.environment import unmeasured
from tests.postgres import free_port

#: What a document shows a reader stands for what runs here.
CLOUD, DATA_CENTER, GATEWAY, PUBLIC, BIND = (
    "https://your-site.atlassian.net",
    "https://jira.example.com",
    "https://api.atlassian.com",
    "https://reactor.example.com",
    "127.0.0.1:8420",
)
#: The address of a service account of Cloud, as the documents write it.
SERVICE_EMAIL = f"factory-droid@{SERVICE_DOMAIN}"
#: What `connect --oauth` prints for a browser.
_LINK = re.compile(r"http\S+/connect\?invitation=\S+")
#: Commands that go on until they are ended.
_ENDLESS = ("jira-reactor serve", "jira-reactor worker", "gunicorn ")
_PATIENCE = 30.0


class People:
    """Who is in a Jira of the documents, by the addresses that the documents use."""

    def __init__(self, jira: Running) -> None:
        self.ada = jira.site.add_user("Ada", email="ada@example.com")
        self.droid = jira.site.add_user("Factory Droid", email="droid@example.com")
        self.admin = jira.site.add_user("Admin", email="admin@example.com", admin=True)
        jira.site.signed_in = self.droid
        jira.site.add_project("OPS", "Operations")
        jira.site.add_project("WEB", "Website")
        restrict(jira, self.droid)


def restrict(jira: Running, droid: Person) -> None:
    """Let a droid do what it needs in OPS, and less than that in WEB."""
    for permission, project in (("DELETE_ISSUES", "OPS"), ("TRANSITION_ISSUES", "WEB"), ("ASSIGN_ISSUES", "WEB")):
        jira.site.forbid(droid, permission, project=project)


class World:
    """Everything the commands of a document need, ended with the context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._state = folder / "state"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.cloud, self.datacenter = start("cloud"), start("datacenter")
        self.people, self.datacenter_people = People(self.cloud), People(self.datacenter)
        self._lay_out()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(_PATIENCE)
        self.cloud.stop()
        self.datacenter.stop()

    def write(self, blocks: Sequence[Block], folder: str = ".") -> None:
        """Write the files that a document shows."""
        for block in blocks:
            file = self.folder / folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)

    def type(self, text: str) -> None:
        """Type a line of our own."""
        self.perform(Command("the test", text, ""))

    def connect(self) -> None:
        """Connect the way the README shows."""
        for line in (
            f"export JIRA_REACTOR_PUBLIC_URL={PUBLIC}",
            f"jira-reactor connect {CLOUD} --email droid@example.com --token-file droid-token",
            "jira-reactor projects authorize OPS --admin-email admin@example.com --admin-token-file admin-token",
        ):
            self.type(line)

    def perform(self, command: Command) -> None:
        """Do what a document tells its reader to type, and hold what it prints against what the document says."""
        text = self._here(command.text)
        if text.startswith(_ENDLESS):
            log = self._start(text)
            assert self._says(command, lambda: re.match(self._expected(command), self._plain(log.read_text()))), (
                f"{command.where}: {command.text}\n{log.read_text()}"
            )
            return
        code, printed = self.run(text if not text.startswith("make ") else f"make -n -C {ROOT} {text[5:]}")
        assert code == 0, f"{command.where}: {command.text}\n{printed}"
        if command.printed:
            assert re.fullmatch(self._expected(command), self._plain(printed)), f"{command.where} prints\n{printed}"
        if link := _LINK.search(printed):
            self.consent(link[0])
        if "Create a WebHook and paste:" in printed:
            self.paste(dict(re.findall(r"^  (.+?)(?: \(.*\))?: (.*)$", printed, re.MULTILINE)))

    def consent(self, link: str) -> None:
        """Open a link in a browser in which the service account is signed in, accept, and come back connected."""
        with requests.Session() as browser:
            asked = browser.get(link, timeout=_PATIENCE)
            accepted = {"decision": "approve", "site": self.cloud.site.cloud_id}
            answer = browser.post(asked.url, data=accepted, timeout=_PATIENCE)
        assert "<h1>Connected</h1>" in answer.text, answer.text

    def paste(self, values: Mapping[str, str]) -> None:
        """Create the webhook that an administrator is asked to."""
        self.cloud.webhooks.add(
            name=values["Name"],
            url=values["URL"],
            events=values["Events"].split(", "),
            by=self.people.admin,
            filter=values["JQL"],
            secret=values["Secret"],
        )

    def run(self, text: str, timeout: float = 120) -> tuple[int, str]:
        """Run a line in the shell, which keeps what it exports; return its exit code and output."""
        script = f'. "$0"\n{text}\nstatus=$?\nexport -p > "$0"\nexit $status'
        ended = subprocess.run(
            ["bash", "-c", script, str(self._state)],
            cwd=self.folder,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )
        return ended.returncode, ended.stdout

    def _start(self, text: str) -> Path:
        log = self.folder / f"log-{len(self._processes)}"
        with log.open("wb") as file:
            self._processes.append(
                subprocess.Popen(
                    ["bash", "-c", f'. "$0"\nexec {text}', str(self._state)],
                    cwd=self.folder,
                    env=self._environ(),
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                )
            )
        ready = (lambda: "worker works" in log.read_text()) if text.endswith("worker") else self._answers
        assert eventually(ready), log.read_text()
        return log

    def _says(self, command: Command, told: Callable[[], object]) -> bool:
        return not command.printed or eventually(told)

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _here(self, text: str) -> str:
        """Put the addresses of this world in the place of the document's."""
        for there, here in {
            CLOUD: self.cloud.url,
            DATA_CENTER: self.datacenter.url,
            GATEWAY: self.cloud.url,
            PUBLIC: f"http://127.0.0.1:{self.port}",
        }.items():
            # A connection is named by the host alone.
            text = text.replace(there, here).replace(there.removeprefix("https://"), "127.0.0.1")
        return text.replace(BIND, f"127.0.0.1:{self.port}")

    def _expected(self, command: Command) -> str:
        """Make a pattern of what a document says is printed; "..." stands for anything, alone for any lines."""
        lines = self._plain(self._here(command.printed)).splitlines()
        return "".join(
            r"(?:.*\n)*" if line == "..." else r".*".join(map(re.escape, line.split("..."))) + r"\n" for line in lines
        )

    def _plain(self, text: str) -> str:
        """Leave ports out, after which no connection is named, and blank lines at the end, which no block shows."""
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text).rstrip("\n") + "\n"

    def _lay_out(self) -> None:
        home = self.folder / "home"
        programs = self.folder / "bin"
        for made in (home, programs):
            made.mkdir()
        # The README tells to activate the environment that `make` made; here it is the one the tests run in.
        (self.folder / ".venv").symlink_to(sys.prefix)
        # Where the checkout is not installed, this stands in for the console script of its installation.
        shim = programs / "jira-reactor"
        shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m app.cli "$@"\n')
        shim.chmod(0o755)
        for name, secret in self._secrets().items():
            (self.folder / name).write_text(f"{secret}\n")
        self._state.touch()

    def _secrets(self) -> dict[str, str]:
        """Make what a reader gets from Jira and puts into files."""
        atlassian = self.cloud.atlassian
        service = self.cloud.site.add_user("Factory Droid", email=SERVICE_EMAIL)
        restrict(self.cloud, service)
        machine = atlassian.register("Factory Droid", service=service)
        app = atlassian.register("jira-reactor", redirect_uri=f"http://127.0.0.1:{self.port}/oauth/callback")
        return {
            "droid-token": self.people.droid.token,
            "new-droid-token": self.people.droid.token,
            "admin-token": self.people.admin.token,
            "datacenter-token": self.datacenter_people.droid.token,
            "new-datacenter-token": self.datacenter_people.droid.token,
            "datacenter-admin-token": self.datacenter_people.admin.token,
            "scoped-token": atlassian.scoped_token(service),
            "client-id": machine.client_id,
            "client-secret": machine.client_secret,
            "app-id": app.client_id,
            "app-secret": app.client_secret,
        }

    def _environ(self) -> dict[str, str]:
        everything = unmeasured(os.environ)
        ours = {name: value for name, value in everything.items() if not name.startswith(("JIRA_REACTOR_", "MAKE"))}
        journal = "JIRA_REACTOR_SIMULATOR_JOURNAL"
        return {
            **ours,
            **({journal: os.environ[journal]} if journal in os.environ else {}),
            "PATH": ":".join([str(Path(sys.executable).parent), ours["PATH"], str(self.folder / "bin")]),
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / "home"),
            "JIRA_REACTOR_HOME": str(self.folder / "home" / ".jira-reactor"),
            "JIRA_REACTOR_BIND": f"127.0.0.1:{self.port}",
            "JIRA_REACTOR_ATLASSIAN_AUTH_URL": self.cloud.url,
            "JIRA_REACTOR_ATLASSIAN_API_URL": self.cloud.url,
        }


def eventually(happened: Callable[[], object]) -> bool:
    """Wait until something is so; tell whether it was in time."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.05)
    return False
