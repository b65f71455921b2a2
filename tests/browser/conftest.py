"""A real Chromium without a screen, driven by selenium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless",
    # Chromium refuses to sandbox what root starts, and CI is root.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # What follows keeps it from calling its maker.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=900,700",
)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    reason = f"{name} is not installed: apt-get install chromium chromium-driver"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chrome]:
    """A browser that nobody has used before."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    browser = Chrome(options=options, service=Service(_program("chromedriver")))
    browser.implicitly_wait(10)
    yield browser
    browser.quit()
