"""`jira-reactor simulator` as a person runs it."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

COMMAND = [sys.executable, "-m", "app.cli", "simulator"]


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*COMMAND, *options], env=os.environ, **pipes) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_ends_cleanly(number: signal.Signals) -> None:
    with running("--project", "OPS") as (process, told):
        droid = told["people"]["droid"]
        answer = requests.get(
            f"{told['url']}/rest/api/3/project/OPS", auth=(droid["email"], droid["token"]), timeout=10
        )
        assert answer.json()["key"] == "OPS"
        process.send_signal(number)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


def test_tells_what_every_way_of_connecting_takes() -> None:
    with running("--public-url", "https://reactor.example.com/") as (process, told):
        service, gateway = told["service_account"], f"{told['gateway']}/rest/api/3/myself"
        me = requests.get(gateway, auth=(service["email"], service["token"]), timeout=10).json()
        assert me["accountId"] == service["id"]
        sent = {"grant_type": "client_credentials", **told["client_credentials"]}
        token = requests.post(f"{told['url']}/oauth/token", json=sent, timeout=10).json()["access_token"]
        me = requests.get(gateway, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
        assert me["accountId"] == service["id"]
        exported = dict(shlex.split(process.stderr.readline())[1].split("=", 1) for _ in told["environment"])
        assert exported == told["environment"]
        query = {
            "client_id": exported["JIRA_REACTOR_OAUTH_CLIENT_ID"],
            "redirect_uri": "https://reactor.example.com/oauth/callback",
            "response_type": "code",
            "scope": "read:jira-user",
        }
        page = requests.get(f"{exported['JIRA_REACTOR_ATLASSIAN_AUTH_URL']}/authorize", params=query, timeout=10)
        assert "Factory Droid" in page.text


def test_a_data_center_has_people_alone() -> None:
    with running("--face", "datacenter") as (_, told):
        headers = {"Authorization": f"Bearer {told['people']['ada']['token']}"}
        assert requests.get(f"{told['url']}/rest/api/2/myself", headers=headers, timeout=10).json()["name"] == "ada"
        assert "environment" not in told
