"""Three hundred things that people do in two Jiras, while processes are killed."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from tests.faults.installation import Installation, Site
from tests.faults.processes import Process, eventually

HAPPENINGS = 300
#: On each of the two sites.
ISSUES = 13
#: Of each of the two processes, at least.
KILLS = 10


def flood_under_fire(installation: Installation, receiver: Process, worker: Process, seed: int) -> None:
    """Let people do things in Jira, and kill receiver and worker at random moments for as long as they do."""
    over = threading.Event()
    with ThreadPoolExecutor() as pool:
        killing = [
            pool.submit(_kill_again_and_again, receiver, Random(f"{seed}/receiver"), over, lambda: True),
            pool.submit(
                _kill_again_and_again,
                worker,
                Random(f"{seed}/worker"),
                over,
                lambda: worker.said("run begins", now=True),
            ),
        ]
        try:
            _pour(installation, Random(f"{seed}/people"))
        finally:
            over.set()
        for each in killing:
            each.result()


def _kill_again_and_again(
    process: Process, moments: Random, over: threading.Event, at_work: Callable[[], object]
) -> None:
    while process.kills < KILLS or not over.is_set():
        process.wait_until_ready()
        # On a busy machine most moments would pass before there is anything to interrupt.
        eventually(at_work, 2.0)
        time.sleep(moments.uniform(0.0, 1.5))
        process.kill()
        process.start()
    process.wait_until_ready()


def _pour(installation: Installation, choice: Random) -> None:
    places = [(site, site.create_issue("FLOOD")) for site in installation.sites for _ in range(ISSUES)]
    done = 0
    while done < HAPPENINGS:
        site, key = choice.choice(places)
        for _ in range(min(choice.randint(1, 4), HAPPENINGS - done)):
            _happen(site, key, choice)
            done += 1
        time.sleep(choice.uniform(0.0, 0.25))


def _happen(site: Site, key: str, choice: Random) -> None:
    if choice.random() < 0.5:
        site.ask(key)
    else:
        other = site.bo if site.jira.site.issues[key].assignee == site.ada else site.ada
        site.jira.site.assign(key, other, by=site.ada)
