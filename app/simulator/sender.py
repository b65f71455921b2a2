"""Sends webhook deliveries in the background, tries again as Jira does, and keeps a record of all of it."""

import heapq
import itertools
import json
import threading
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic

import urllib3

from app.simulator.bodies import body
from app.simulator.delivery import Attempt, Delivery, new_identifier
from app.simulator.happening import Happening
from app.simulator.retries import Retries
from app.simulator.site import Site
from app.simulator.trouble import Trouble
from app.simulator.webhooks import Webhook, Webhooks


class Sender:
    """Tells webhooks what happens; `deliveries` is the record, oldest first.

    `connect_timeout` and `timeout` are Jira's own, in real seconds.
    """

    parallel = 20
    connect_timeout = 5.0
    timeout = 20.0

    def __init__(self, site: Site, webhooks: Webhooks, trouble: Trouble, retries: Retries) -> None:
        self.deliveries: list[Delivery] = []
        self.retries = retries
        self._site, self._webhooks, self._trouble = site, webhooks, trouble
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Delivery]] = []
        self._turns = itertools.count()
        self._lanes: defaultdict[tuple[int, str], deque[Delivery]] = defaultdict(deque)
        self._failing_since: dict[int, float] = {}
        self._open = 0
        self._stopping = False
        self._http = urllib3.PoolManager(maxsize=self.parallel, retries=False)
        self._workers = ThreadPoolExecutor(self.parallel, thread_name_prefix="webhook")
        self._clock = threading.Thread(target=self._watch, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._clock.start()

    def stop(self) -> None:
        """Stop sending; what is still pending stays so."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._clock.join()
        self._workers.shutdown(cancel_futures=True)
        self._http.clear()

    def tell(self, happening: Happening) -> None:
        """Write the deliveries of a happening and send them; the caller holds the site's lock."""
        for webhooks in self._webhooks.concerned(happening):
            self.send(self._delivery(happening, webhooks))

    def send(self, delivery: Delivery) -> None:
        """Send a delivery after those of the same webhook and issue, or out of order where that is asked for."""
        with self._changed:
            self.deliveries.append(delivery)
            if self._trouble.loses(delivery.event, delivery.issue):
                delivery.state = "lost"
                return
            self._open += 1
            if self._trouble.disorder:
                self._push(delivery, self._trouble.shuffle())
                return
            lane = self._lanes[delivery.webhook_id, delivery.issue]
            lane.append(delivery)
            if len(lane) == 1:
                self._push(delivery, 0)

    def wait_idle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is pending, retries included; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def _delivery(self, happening: Happening, webhooks: list[Webhook]) -> Delivery:
        first = webhooks[0]
        matched = [webhook.id for webhook in webhooks if webhook.app]
        content = json.dumps(body(self._site, happening, matched), ensure_ascii=False).encode()
        return Delivery(
            webhook_id=first.id,
            url=first.url,
            event=happening.event,
            issue=happening.issue.key,
            body=b"" if first.exclude_body else content,
            user_agent=self._site.face.user_agent,
            identifier=new_identifier() if self._site.face.name == "cloud" else "",
            secret=first.secret,
            app=first.app,
            actor=happening.actor.id,
        )

    def _push(self, delivery: Delivery, wait: float) -> None:
        heapq.heappush(self._due, (monotonic() + wait, next(self._turns), delivery))
        self._changed.notify_all()

    def _watch(self) -> None:
        """Hand each delivery to a worker when it is due."""
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._workers.submit(self._work, heapq.heappop(self._due)[2])
                else:
                    self._changed.wait(wait)

    def _work(self, delivery: Delivery) -> None:
        attempt = self._attempt(delivery)
        again = self._settle(delivery, attempt)
        for _ in range(0 if again else self._trouble.duplicates):
            self._attempt(delivery)
        with self._changed:
            if len(delivery.attempts) == 1 or not again:
                self._next_in_lane(delivery)
            if again and not self._stopping:
                self._push(delivery, self.retries.wait())
                return
            self._open -= 1
            self._changed.notify_all()

    def _attempt(self, delivery: Delivery) -> Attempt:
        started, headers = datetime.now(UTC), delivery.headers()
        limits = urllib3.Timeout(connect=self.connect_timeout, read=self.timeout)
        try:
            answer = self._http.request("POST", delivery.url, body=delivery.body, headers=headers, timeout=limits)
            attempt = Attempt(started, answer.status)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            attempt = Attempt(started, 0, type(error).__name__)
        delivery.attempts.append(attempt)
        return attempt

    def _settle(self, delivery: Delivery, attempt: Attempt) -> bool:
        """Decide what an attempt means; True where there will be another."""
        if 200 <= attempt.status < 300:
            delivery.state = "delivered"
            self._failing_since.pop(delivery.webhook_id, None)
            return False
        since = self._failing_since.setdefault(delivery.webhook_id, monotonic())
        tried, failing_for = len(delivery.attempts), monotonic() - since
        again = self.retries.again(attempt.status, attempts=tried, failing_for=failing_for)
        delivery.state = "pending" if again else "failed"
        return again

    def _next_in_lane(self, delivery: Delivery) -> None:
        lane = self._lanes.get((delivery.webhook_id, delivery.issue))
        if lane and lane[0] is delivery:
            lane.popleft()
            if lane:
                self._push(lane[0], 0)
            else:
                del self._lanes[delivery.webhook_id, delivery.issue]
