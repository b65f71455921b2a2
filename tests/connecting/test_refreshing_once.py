"""Many processes whose access token has ended at the same moment, on both kinds of database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from app import open_jira
from app.settings import CHECKOUT, PREFIX, Settings
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault
from tests.connecting.conftest import Atlassian, refreshes, stored

PROCESSES, THREADS = 3, 4


def environ(settings: Settings) -> dict[str, str]:
    names = ("home", "database_url", "public_url", "oauth_client_id", "oauth_client_secret")
    names += ("atlassian_auth_url", "atlassian_api_url")
    return {**os.environ, **{f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in names}}


def hammer(connection: Connection, settings: Settings) -> Iterator[str]:
    """Let several processes ask at the same moment; yield every token they were given."""
    command = [sys.executable, "-m", "tests.connecting.hammer", connection.id, str(THREADS)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    cwd=CHECKOUT,
                    env=environ(settings),
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for _ in range(PROCESSES)
        ]
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            yield from process.communicate()[0].split()


def test_many_processes_with_an_expired_token_refresh_it_once(
    expired: Connection, atlassian: Atlassian, db: Database, vault: Vault
) -> None:
    """Two refreshes with one token would end the whole family, and with it the install."""
    given = list(hammer(expired, atlassian.settings))
    assert len(given) == PROCESSES * THREADS
    assert len(set(given)) == 1
    assert refreshes(atlassian) == 1
    kept = stored(db, expired).unseal(vault)
    assert kept["access_token"] == given[0]
    assert kept["cloud_id"] == atlassian.site.cloud_id
    atlassian.platform.issuer.expire_access()
    assert open_jira(stored(db, expired), vault, db, atlassian.settings).myself().name == "Factory Droid"
    assert refreshes(atlassian) == 2
