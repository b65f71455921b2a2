"""A process that asks for a connection's access token from several threads at once, for test_refreshing_once.

Its arguments are the connection's id and how many threads; the settings come from the environment. Once it has written
"ready" it waits for a line, so that many of its kind begin together, and then prints the tokens it was given.
"""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from app.connecting.tokens import TokenSource
from app.settings import load
from app.storage.database import Database
from app.storage.vault import Vault


def main(connection_id: str, threads: int) -> None:
    settings = load(os.environ)
    db, vault = Database(settings.database_url), Vault(settings.keys, settings.home)
    together = threading.Barrier(threads)

    def ask(_: int) -> str:
        together.wait()
        return TokenSource(db, vault, connection_id, settings)(False)

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as pool:
        print(*pool.map(ask, range(threads)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
