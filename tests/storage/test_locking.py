import subprocess
import sys
from pathlib import Path

from app.storage.locking import FileLock, taken_in_turn

#: Two requests of one process want the same lock, and its holder waits for something else, such as Jira.
GREENLETS = """
from gevent import monkey, spawn, joinall
monkey.patch_all()
import sys, time
from app.storage.database import Database
db = Database(sys.argv[1])
order = []
def request(name):
    with db.exclusive("tokens"):
        order.append(name)
        time.sleep(0.1)
        order.append(name)
joinall([spawn(request, name) for name in "ab"], raise_error=True)
print("".join(order))
"""


def test_what_is_taken_in_turn_is_free_afterwards(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with taken_in_turn(path):
        assert not FileLock(path).try_once()
    with taken_in_turn(path):
        pass


def test_greenlets_that_exclude_each_other_do_not_stop_their_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", GREENLETS, f"sqlite:///{tmp_path}/reactor.sqlite3"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert ended.stdout.strip() == "aabb"
