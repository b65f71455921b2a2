"""Hundreds of runs that wait on remote droids in one worker: what memory they take, and whether they hold up others.

Plays on the demo's stage. A remote droid answers every task with 202 and calls back only after all have begun. An echo
run is timed before, meanwhile and after, from its delivery's arrival to the run's end.
"""

import base64
import json
import os
import secrets
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

from app.cli.demo.stage import Stage
from app.droids.http.signing import signed
from app.storage import deliveries, runs, workers

RUNS = int(os.environ.get("BENCH_RUNS", "500"))
#: Echo runs that are timed each time, one after the other.
ECHOES = 20
MOST_BYTES = 1 << 30
#: Seconds for everything that is waited for at once.
PATIENCE = 1800.0
SECRET = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

HANDLER = '''"""A new issue goes to the droid its summary names."""

from app.handler import Context, Router

router = Router()


@router.on("jira:issue_created")
def work(ctx: Context) -> None:
    """Answer with what the droid says."""
    droid = "echo" if ctx.issue.summary.startswith("echo") else "http"
    ctx.jira.comment(ctx.droid.run("Say something.", about=ctx.issue, droid=droid).text)
'''


class RemoteDroid:
    """Promises to work on every task, and does when told to."""

    def __enter__(self) -> "RemoteDroid":
        self.tasks: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/tasks"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        tasks = self.tasks

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if message["type"] == "task.created":
                    tasks[message["data"]["task"]] = message["data"]["callback"]
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def finish(self) -> None:
        """Call back for every task; raises where one is not accepted."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._call_back, self.tasks.items()))

    def _call_back(self, task: tuple[str, str]) -> None:
        name, callback = task
        body = json.dumps({"type": "task.completed", "data": {"task": name, "text": f"{name} is done."}})
        headers = signed(SECRET, uuid.uuid4().hex, body) | {"Content-Type": "application/json"}
        with urlopen(Request(callback, body.encode(), headers), timeout=60) as answer:
            assert answer.status == 202, answer.status


def main() -> int:
    with RemoteDroid() as remote, Stage() as stage:
        settle_in(stage, remote)
        echo(stage)
        idle = [echo(stage) for _ in range(ECHOES)]
        before = peak(stage)
        keys = [stage.create_issue(f"far {number}") for number in range(RUNS)]
        wait_for("every task to be handed over", lambda: len(remote.tasks) == RUNS)
        meanwhile = [echo(stage) for _ in range(ECHOES)]
        waiting = peak(stage)
        remote.finish()
        wait_for("every run to end", lambda: ended(stage) == RUNS + 2 * ECHOES + 1)
        unanswered = [key for key in keys if not any("is done." in said["text"] for said in stage.view.comments(key))]
        failed = [run for run in runs.latest(stage.db, 2 * RUNS + 100) if run.state != "complete"]
        after = peak(stage)
        # Before and after, because nothing else on the machine stands still.
        idle += [echo(stage) for _ in range(ECHOES)]
    print(f"{RUNS} runs waited on a remote droid in one worker")
    print(f"worker's peak memory: {mib(before)} before, {mib(waiting)} while they waited, {mib(after)} in the end")
    usual, then = statistics.median(idle), statistics.median(meanwhile)
    print(f"echo run, p50: {usual:.0f} ms before and after, {then:.0f} ms meanwhile; ratio {then / usual:.2f}")
    print(f"runs that did not complete: {len(failed)}; issues without the answer: {len(unanswered)}")
    return int(after >= MOST_BYTES or bool(failed or unanswered))


def settle_in(stage: Stage, remote: RemoteDroid) -> None:
    """Connect the stage's Jira and start everything with the remote droid as its own."""
    handlers = stage.home / "handlers"
    handlers.mkdir()
    (handlers / "work.py").write_text(HANDLER)
    settings = {"HANDLERS": str(handlers), "DROID": "http", "DROIDS": "echo", "DROID_URL": remote.url}
    settings |= {"DROID_SECRET": SECRET, "DROID_HOSTS": "127.0.0.1"}
    stage.environ.update({f"JIRA_REACTOR_{name}": value for name, value in settings.items()})
    stage.start_reactor()
    stage.connect()
    stage.authorize()
    stage.register()


def echo(stage: Stage) -> float:
    """Let the echo answer a new issue; tell the milliseconds from the delivery's arrival to the run's end."""
    key = stage.create_issue("echo")
    wait_for(f"{key} to be answered", lambda: any(run.ended_at for run in runs_of(stage, key)))
    [run] = runs_of(stage, key)
    delivery = deliveries.get(stage.db, run.delivery)
    assert delivery
    assert run.ended_at
    return run.ended_at - delivery.received_at


def runs_of(stage: Stage, key: str) -> list[runs.Run]:
    return [run for run in runs.latest(stage.db, 20) if run.issue_key == key]


def ended(stage: Stage) -> int:
    return sum(run.state in runs.ENDED for run in runs.latest(stage.db, 2 * RUNS + 100))


def peak(stage: Stage) -> int:
    """Tell the most bytes the worker ever held: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html ."""
    [worker] = workers.alive(stage.db, 60_000)
    status = Path(f"/proc/{worker.split(':')[-2]}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"


def wait_for(what: str, happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {PATIENCE:.0f} seconds for {what}.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
