"""What an admin sees in a browser, from the link of the command line to "Connected"."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import make_server

from app import create_app
from app.cli import main
from app.settings import load
from app.simulator import Running, start
from app.simulator.server import Quiet
from app.storage import connections
from app.storage.database import Database
from app.storage.upgrade import upgrade
from tests.postgres import free_port


@dataclass(frozen=True)
class World:
    """Atlassian with two sites, and our receiver at an address that is another site to a browser."""

    jira: Running
    second: Running
    environ: dict[str, str]
    db: Database


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port = free_port()
    public_url = f"http://localhost:{port}"
    with start("cloud", name="first") as jira, start("cloud", beside=jira, name="second") as second:
        jira.site.signed_in = jira.site.add_user("Grace Admin", email="grace@example.com", admin=True)
        droid = jira.site.add_user("Factory Droid", email="droid@example.com")
        second.site.admit(droid)
        app = jira.atlassian.register("jira-reactor", redirect_uri=f"{public_url}/oauth/callback")
        jira.atlassian.consent(app, droid, app.scopes, [second.site.cloud_id])
        given = {
            "HOME": str(tmp_path),
            "PUBLIC_URL": public_url,
            "OAUTH_CLIENT_ID": app.client_id,
            "OAUTH_CLIENT_SECRET": app.client_secret,
            "ATLASSIAN_AUTH_URL": jira.url,
            "ATLASSIAN_API_URL": jira.url,
        }
        environ = {f"JIRA_REACTOR_{name}": value for name, value in given.items()}
        with serving(load(environ), port) as db:
            yield World(jira, second, environ, db)


class serving:  # noqa: N801 - reads as a verb where it is used
    """Serve our web application while the block runs."""

    def __init__(self, settings: Any, port: int) -> None:
        flask = create_app(settings)
        self._db: Database = flask.extensions["database"]
        upgrade(self._db)
        self._server = make_server("127.0.0.1", port, flask, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Database:
        self._thread.start()
        return self._db

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._db.close()


def shows(browser: Chrome, element: str, text: str) -> bool:
    """Wait until an element has a text, while one page gives way to the next."""
    waiting = WebDriverWait(browser, 20, ignored_exceptions=[StaleElementReferenceException])
    return bool(waiting.until(lambda _: text in browser.find_element(By.CSS_SELECTOR, element).text, text))


def press(browser: Chrome, button: str) -> None:
    browser.find_element(By.XPATH, f"//button[.='{button}']").click()


def link(world: World) -> str:
    answer = CliRunner().invoke(main, ["connect", "--oauth", "--name", "ops"], env=world.environ)
    assert answer.exit_code == 0, answer.output
    return answer.output.split()[-1]


def test_an_admin_connects_as_factory_droid(world: World, chromium: Chrome) -> None:
    """First in their own name, which is refused, then as they were told to."""
    chromium.get(link(world))
    assert shows(chromium, "#person", "Grace Admin")
    press(chromium, "Accept")
    assert shows(chromium, "h1", "Not connected")
    assert shows(chromium, "main", "log in to Atlassian as Factory Droid")

    chromium.delete_all_cookies()
    chromium.get(link(world))
    chromium.find_element(By.LINK_TEXT, "Factory Droid").click()
    assert shows(chromium, "#person", "Factory Droid")
    press(chromium, "Accept")
    assert shows(chromium, "h1", "Which Jira site?")
    chromium.find_element(By.CSS_SELECTOR, f"input[value='{world.second.site.cloud_id}']").click()
    press(chromium, "Connect")
    assert shows(chromium, "h1", "Connected")
    made = connections.named(world.db, "ops")
    assert (made.account.name, made.site) == ("Factory Droid", world.second.url.partition("://")[2])
    assert shows(chromium, "main", made.site)
    assert not [entry for entry in chromium.get_log("browser") if entry["source"] == "security"]
