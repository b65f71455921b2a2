"""Factory's real `droid`, installed once beside these tests by npm: https://docs.factory.ai/droid-cli/cli-reference."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
INSTALL_SECONDS = 280


def installed() -> Path:
    """Give the folder that holds the program `droid`, installing it unless it is there."""
    # Tests in several processes must not install on top of each other.
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _found() or _install()


def _found() -> Path | None:
    """Find the program itself: the one that npm links to wants a newer Node than many systems have."""
    return next((path.parent for path in FOLDER.glob("node_modules/@factory/cli-*/bin/droid")), None)


def _install() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        assert not os.environ.get("CI"), "npm is missing, which installs Factory's droid: apt-get install npm"
        pytest.skip("npm is missing, which installs Factory's droid: apt-get install npm")
    options = ("--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefix", FOLDER)
    done = subprocess.run(
        [npm, "install", *options], capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    found = _found()
    assert found, f"npm could not install Factory's droid: {done.stderr[-1000:]}"
    return found
