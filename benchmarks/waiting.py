"""Ten thousand runs that wait for people's answers in one worker: what they take, and whether answers are heeded.

Plays on the demo's stage with a remote droid that asks about every issue. Prints the worker's memory, threads and idle
processor time before and while they wait, and how long it takes from an answer to the droid's next turn, with nobody
else waiting, with all of them waiting, and after the worker was started anew. Ends with 1 if an answer was not heeded.
"""

import json
import os
import statistics
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from app.cli.demo.stage import Stage
from app.storage import runs, workers
from benchmarks.remote import RemoteDroid, mib, peak, settle_in, wait_for

RUNS = int(os.environ.get("BENCH_RUNS", "10000"))
#: Answers that are timed each time, one after the other.
ANSWERS = 10
#: Seconds in which the worker's processor time is counted while nothing happens.
REST = 10.0


class Curious(RemoteDroid):
    """Asks about every new task at once, and is content with the first answer."""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                task = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
                asks = {"state": "awaiting input", "question": "Which printer?", "session": task["issue"]["key"]}
                said = json.dumps({"text": "Thank you."} if task.get("answer") else asks).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def main() -> int:
    with Curious() as remote, Stage() as stage:
        settle_in(stage, remote)
        first = ask(stage, ANSWERS)
        alone = [answer(stage, key) for key in first]
        report("before", stage)
        waiting = ask(stage, RUNS)
        report(f"with {RUNS} waiting", stage)
        crowded = [answer(stage, key) for key in waiting[:ANSWERS]]
        restart(stage)
        again = [answer(stage, key) for key in waiting[-ANSWERS:]]
        report("after a new start", stage)
        left = [run for run in runs.latest(stage.db, RUNS + 100) if run.state == "awaiting input"]
    usual = statistics.median(alone)
    for name, times in (("alone", alone), ("among all", crowded), ("after a new start", again)):
        then = statistics.median(times)
        print(f"answer to end, {name:<18} p50 {then:>6.0f} ms   ratio {then / usual:.2f}")
    print(f"runs that still wait: {len(left)} of {RUNS}")
    return int(len(left) != RUNS - 2 * ANSWERS)


def ask(stage: Stage, count: int) -> list[str]:
    """Let so many issues be created, each of which the droid asks about; tell their keys."""
    before = waiting_runs(stage)
    keys = []
    for number in range(count):
        keys.append(stage.create_issue(f"far {number}"))
        # Jira's pushes are answered as fast as they come; the simulator's queue of them is what would grow.
        if number % 200 == 199:
            wait_for("questions", lambda done=number: waiting_runs(stage) - before > done - 400)
    wait_for("every question", lambda: waiting_runs(stage) - before == count)
    return keys


def answer(stage: Stage, key: str) -> float:
    """Let Ada answer, and tell the milliseconds until the run has ended."""
    began = time.monotonic()
    stage.comment(key, "the left one")
    wait_for(f"the end of {key}", lambda: any("Thank you." in said["text"] for said in stage.view.comments(key)))
    return (time.monotonic() - began) * 1000


def waiting_runs(stage: Stage) -> int:
    with stage.db.reading() as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM runs WHERE state = 'awaiting input'").scalar_one())


def restart(stage: Stage) -> None:
    stage.stop_reactor()
    stage.start_reactor()


def report(when: str, stage: Stage) -> None:
    """Print what the worker takes while nothing happens."""
    stage.settle_pushes()
    [worker] = workers.alive(stage.db, 5_000)
    pid = int(worker.split(":")[-2])
    before = processor_seconds(pid)
    time.sleep(REST)
    busy = (processor_seconds(pid) - before) / REST
    status = Path(f"/proc/{pid}/status").read_text()
    held, threads = (int(status.partition(name)[2].split()[0]) for name in ("VmRSS:", "Threads:"))
    print(f"{when:<22} {mib(held * 1024):>9} (at most {mib(peak(stage))}), {threads} threads, {busy:.1%} of a core")


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
