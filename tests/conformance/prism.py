"""Prism: a mock of Jira Cloud made from the official document alone, which refuses requests that do not conform.

https://docs.stoplight.io/docs/prism/
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conformance.spec import shared

FOLDER = Path(__file__).parent
PROGRAM = FOLDER / "node_modules" / ".bin" / "prism"
INSTALL_SECONDS = 240
START_SECONDS = 120


@contextmanager
def prism(folder: Path) -> Iterator[str]:
    """Serve the document on this machine and give the address; `folder` is for what Prism says meanwhile."""
    document = shared() / "spec" / "jira-cloud-v3.json"
    port, said = _free_port(), folder / "prism.log"
    command = [_installed(), "mock", "-h", "127.0.0.1", "-p", str(port), document]
    with said.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(process, port, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _installed() -> Path:
    """Install Prism beside these tests unless it is there."""
    if PROGRAM.exists():
        return PROGRAM
    npm = shutil.which("npm")
    if npm is None:
        assert not os.environ.get("CI"), "npm is missing, which installs Prism: apt-get install npm"
        pytest.skip("npm is missing, which installs Prism: apt-get install npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", FOLDER]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert PROGRAM.exists(), f"npm could not install Prism: {done.stderr[-1000:]}"
    return PROGRAM


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    """Wait until Prism has read the document, which takes it some seconds."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"Prism did not start: {said.read_text()[-1000:]}")
