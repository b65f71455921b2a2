"""How many deliveries a receiver accepts, beside a Flask route that does nothing, on this box and in this run.

Needs wrk (apt-get install wrk). Each round starts both under the same gunicorn, one after the other: saturation, then
half of the receiver's own saturation. Prints every round, the medians and the ratio; ends with 1 if a request failed.
"""

import hmac
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.events.event import User
from app.storage import connections, webhooks
from app.storage.database import Database
from app.storage.upgrade import upgrade
from app.storage.vault import Vault
from benchmarks.steady import steady

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
#: Workers listen before they have loaded their application, so a first load is thrown away.
WARM_UP = 4
#: Clients at the same time. Twice as many bring a sixteenth more, and wait twice as long.
CONNECTIONS = 64
SECRET = "the benchmark's secret"


def body() -> bytes:
    """Find the captured payload nearest to 6 KB, or make one of that size where there are none."""
    shared = Path(os.environ.get("JIRA_REACTOR_SHARED", ROOT.parent / "shared"))
    captured = [path.read_bytes() for path in shared.glob("payloads/*/*.json")]
    made = json.dumps({"webhookEvent": "jira:issue_updated", "timestamp": 1, "issue": {"id": "1", "fill": "x" * 6000}})
    return min(captured or [made.encode()], key=lambda each: abs(len(each) - 6144))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(target: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Serve under the configuration that `jira-reactor serve` uses."""
    from app.cli.serving import gunicorn_command

    port = free_port()
    process = subprocess.Popen(
        gunicorn_command(f"127.0.0.1:{port}", 2, target), cwd=ROOT, env=environ, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wrk(url: str, environ: Mapping[str, str], seconds: int = SECONDS) -> dict[str, Any]:
    """Load one address and return requests a second, p50 and p99 in milliseconds, and failed requests."""
    extra = {"REACTOR_RUN": str(time.time_ns())}
    script = str(Path(__file__).with_name("wrk.lua"))
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url]
    printed = subprocess.run(command, env={**environ, **extra}, capture_output=True, text=True, check=True).stdout
    told = json.loads(printed.partition("RESULT ")[2])
    rate = told["requests"] / (told["microseconds"] / 1e6)
    return {"rate": rate, "p50": told["p50"] / 1e3, "p99": told["p99"] / 1e3, "errors": told["errors"]}


def prepare(home: Path, payload: bytes) -> tuple[str, dict[str, str]]:
    """Make an installation with one connection; return its path for deliveries and the environment."""
    url = f"sqlite:///{home / 'reactor.sqlite3'}"
    db, vault = Database(url), Vault("", home)
    upgrade(db)
    connection = connections.add(
        db,
        vault,
        name="bench",
        deployment="cloud",
        base_url="http://127.0.0.1:1",
        site="127.0.0.1:1",
        auth="api_token",
        credentials={"email": "e", "token": "t"},
        account=User("droid", "Droid"),
    )
    webhooks.add(db, vault, connection_id=connection.id, kind="admin", jira_id="1", secret=SECRET)
    db.close()
    (home / "body.json").write_bytes(payload)
    environ = {
        **os.environ,
        "JIRA_REACTOR_HOME": str(home),
        "JIRA_REACTOR_DATABASE_URL": url,
        "REACTOR_BODY": str(home / "body.json"),
        "REACTOR_SIGNATURE": "sha256=" + hmac.digest(SECRET.encode(), payload, "sha256").hex(),
    }
    return f"/webhooks/jira/{connection.id}", environ


def one_round(path: str, environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Measure the no-op, the receiver at saturation, and the receiver at half of that."""
    with gunicorn("benchmarks.noop:app", environ) as url:
        wrk(f"{url}/noop", environ, seconds=WARM_UP)
        noop = wrk(f"{url}/noop", environ)
    with gunicorn("wsgi:app", environ) as url:
        wrk(url + path, environ, seconds=WARM_UP)
        full = wrk(url + path, environ)
        half = at_rate(url + path, environ, full["rate"] / 2)
    return {"noop": noop, "full": full, "half": half}


def at_rate(url: str, environ: Mapping[str, str], rate: float) -> dict[str, Any]:
    """Send at a steady rate and return what `wrk` returns."""
    payload = Path(environ["REACTOR_BODY"]).read_bytes()
    parts, run = urlsplit(url), time.time_ns()

    def request(number: int) -> bytes:
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
            f"X-Hub-Signature: {environ['REACTOR_SIGNATURE']}\r\n"
            f"X-Atlassian-Webhook-Identifier: {run}-{number}\r\n\r\n"
        )
        return head.encode() + payload

    waits, failed = steady(url, request, rate=rate, seconds=SECONDS, connections=CONNECTIONS)
    return {"rate": rate, "p50": waits[len(waits) // 2], "p99": waits[int(len(waits) * 0.99)], "errors": failed}


def show(name: str, measured: Mapping[str, Any]) -> None:
    print(
        f"  {name:<28}{measured['rate']:>8.0f} req/s   p50 {measured['p50']:>6.2f} ms   p99 {measured['p99']:>7.2f} ms"
    )


def main() -> int:
    if not shutil.which("wrk"):
        print("The benchmark needs wrk: apt-get install wrk", file=sys.stderr)
        return 2
    payload = body()
    rounds = []
    print(f"{ROUNDS} rounds of {SECONDS} s, {len(payload)} byte signed payload, SQLite with full fsync")
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory(prefix="reactor-bench-") as folder:
            rounds.append(one_round(*prepare(Path(folder), payload)))
        print(f"round {number}")
        for name, measured in rounds[-1].items():
            show(name, measured)
    median = {
        name: {key: statistics.median(r[name][key] for r in rounds) for key in ("rate", "p50", "p99", "errors")}
        for name in rounds[0]
    }
    print("medians")
    for name, title in (("noop", "no-op route"), ("full", "receiver, saturated"), ("half", "receiver, half load")):
        show(title, median[name])
    ratio = statistics.median(r["full"]["rate"] / r["noop"]["rate"] for r in rounds)
    errors = sum(measured["errors"] for r in rounds for measured in r.values())
    print(f"ratio receiver / no-op: {ratio:.2f}; failed requests: {errors:.0f}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
