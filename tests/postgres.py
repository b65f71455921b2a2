"""A PostgreSQL of the tests' own, on 127.0.0.1, run by a user who is not root because PostgreSQL refuses root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if not found:
        reason = "PostgreSQL's programs (initdb, postgres) are not installed: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(found).parent


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve() -> Iterator[str]:
    """Yield the URL of a fresh server, and remove it afterwards."""
    programs, user, port = _programs(), _user(), free_port()
    home = Path(tempfile.mkdtemp(prefix="reactor-pg-"))
    if user:
        shutil.chown(home, user)
    try:
        initdb = [programs / "initdb", "-D", home / "data", "-U", "reactor", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        # Tests end our processes without warning, never the server: what it writes need not outlive a power cut.
        options += "".join(f" -c {name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes"))
        control = [programs / "pg_ctl", "-D", home / "data", "-w", "-s"]
        subprocess.run([*control, "-l", home / "log", "-o", options, "start"], check=True, user=user, cwd=home)
        try:
            yield f"postgresql://reactor@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, user=user, cwd=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def database(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """Yield the URL of a database on a server, empty or the copy of another, and drop it afterwards."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
        try:
            yield server.removesuffix("/postgres") + f"/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]
