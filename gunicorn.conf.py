"""How gunicorn runs the receiver, be it `jira-reactor serve` that starts it or `gunicorn wsgi:app`.

https://docs.gunicorn.org/en/stable/settings.html
"""

import gc

# Requests of one process are greenlets: what waits, for a slow client, for Jira or for the disk, holds up nobody else,
# and deliveries that come at the same moment share one transaction.
worker_class = "gevent"
# Clients that a process serves at the same time; further ones wait until it takes them.
worker_connections = 256
# Nobody uses it, and it is a file in the home folder of whoever starts the receiver.
control_socket_disable = True
# Seconds that requests have to end when the receiver is stopped. Jira sends again what was not answered.
graceful_timeout = 8


def post_worker_init(worker: object) -> None:
    """Keep the collector from going through all that was loaded: every request would stand still meanwhile."""
    gc.collect()
    gc.freeze()
