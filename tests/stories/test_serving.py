"""Keeping it running."""

import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

from app.cli.serving import gunicorn_command
from app.storage import deliveries, workers
from tests.reacting.waiting import eventually
from tests.stories.house import COMMAND, House, children, program


def named(pid: int, words: str) -> int:
    """Find the child of a process that was started with these words."""
    return next((child for child in children(pid) if words in program(child)), 0)


def test_what_dies_is_started_again_and_nothing_is_lost(house: House) -> None:
    house.set_up_at_once()
    with house.served() as serve:
        receiver, worker = named(serve.pid, "gunicorn"), named(serve.pid, "app.cli worker")
        known = workers.alive(house.db, 60_000)
        for pid in (receiver, worker):
            os.kill(pid, signal.SIGKILL)
        key = house.issue()
        house.ask(key, "are you there?")
        eventually(lambda: house.said(key))
        house.done()
        assert named(serve.pid, "gunicorn") not in (0, receiver)
        assert named(serve.pid, "app.cli worker") not in (0, worker)
        assert workers.alive(house.db, 60_000) - known
        processes = children(serve.pid)
        serve.send_signal(signal.SIGTERM)
        assert serve.wait(15) == 0
    assert len(house.said(key)) == 1
    assert [program(pid) for pid in processes if program(pid)] == []
    assert not house.answers()
    log = house.log.read_text()
    assert "process ended; starting it again" in log
    assert house.droid.token not in log


def test_receiver_and_worker_can_be_run_apart(house: House) -> None:
    house.set_up_at_once()
    address = house.url.removeprefix("http://")
    with house.running(gunicorn_command(address, 1, "wsgi:app")):
        eventually(house.answers)
        key = house.issue()
        house.ask(key, "anybody?")
        eventually(lambda: len(deliveries.latest(house.db, 5)) == 2)
        assert house.said(key) == []
        with house.running([*COMMAND, "worker"]) as [worker]:
            eventually(lambda: house.said(key))
            house.done()
        assert worker.returncode == 0
    assert len(house.said(key)) == 1


def test_clients_that_connect_and_say_little_hold_up_nobody(house: House) -> None:
    house.set_up_at_once()
    address = house.url.removeprefix("http://")
    host, _, port = address.partition(":")
    with ExitStack() as lingering, house.running(gunicorn_command(address, 1, "wsgi:app")):
        eventually(house.answers)
        for half in [b"", b"POST /webhooks", b"POST /droids/callback HTTP/1.1\r\nContent-Length: 99\r\n\r\n{"] * 10:
            client = lingering.enter_context(socket.create_connection((host, int(port))))
            client.sendall(half)
        house.issue()
        eventually(lambda: deliveries.latest(house.db, 5))
        assert house.answers()


def test_a_worker_that_cannot_start_says_why(house: House) -> None:
    house.set("DROID", "command")
    ended = house.cli("worker")
    assert ended.returncode == 1
    assert "Set JIRA_REACTOR_DROID_COMMAND" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_without_tables_ends_with_the_cure(house: House, tmp_path: Path) -> None:
    ended = house.cli("worker", HOME=str(tmp_path / "elsewhere"))
    assert ended.returncode == 1
    assert ended.stderr.endswith("Error: The database has no tables yet.\n  Run `jira-reactor upgrade`.\n")
