"""Whether Jira's webhooks tell us what we just did: the wait for deliveries, and why none came."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

from app.connecting.probing import Unreached, probe
from app.connecting.verify.step import StepFailed
from app.events.parse import MalformedEvent, parse
from app.storage import deliveries, projects, webhooks
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.deliveries import Delivery

_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Expected:
    """An event that Jira must tell: of an issue or of a comment, by its id."""

    event: str
    issue_id: str = ""
    comment_id: str = ""

    def told_by(self, delivery: Delivery) -> bool:
        """Tell whether a delivery is the one."""
        if delivery.event != self.event:
            return False
        try:
            event = parse(json.loads(delivery.body))
        except (MalformedEvent, ValueError, RecursionError):
            return False
        if self.comment_id:
            return event.comment is not None and event.comment.id == self.comment_id
        if self.event == "jira:issue_updated" and not event.changes:
            # Data Center tells a comment this way too.
            return False
        return event.issue is not None and event.issue.id == self.issue_id


def ready(db: Database, connection: Connection, project: str, public_url: str) -> None:
    """Raise StepFailed where no webhook can arrive as things are stored."""
    if project not in projects.authorized(db, connection.id):
        raise StepFailed(
            f"{project} is not authorized, so Jira is not asked for its events.",
            f"Run `jira-reactor projects authorize {project}`.",
        )
    if not webhooks.of_connection(db, connection.id):
        raise StepFailed(
            f"No webhook is registered for {connection.name}, so Jira pushes nothing.",
            "Run `jira-reactor webhooks register`.",
        )
    if not public_url:
        raise StepFailed(
            "JIRA_REACTOR_PUBLIC_URL is not set, so Jira cannot know where to push.",
            "Set it to the https address under which Jira reaches `jira-reactor serve`.",
        )


def subscribed(db: Database, connection: Connection, expected: Iterable[Expected]) -> list[Expected]:
    """Choose what the registered webhooks ask for; one that was pasted by hand may not say."""
    known = webhooks.of_connection(db, connection.id)
    events = {event for webhook in known for event in webhook.events}
    silent = any(not webhook.events for webhook in known)
    return [each for each in expected if silent or each.event in events]


def wait(
    db: Database, connection: Connection, after: int, expected: list[Expected], seconds: float
) -> dict[Expected, Delivery]:
    """Look into the inbox until everything expected has arrived since a delivery, or the time is over."""
    found: dict[Expected, Delivery] = {}
    deadline = time.monotonic() + seconds
    while True:
        for delivery in deliveries.pushed_after(db, connection.id, after):
            found |= {each: delivery for each in expected if each not in found and each.told_by(delivery)}
        if len(found) == len(expected) or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_SECONDS)


def missing(connection: Connection, public_url: str, missed: list[Expected], some: bool, seconds: float) -> StepFailed:
    """Say why deliveries did not arrive, as far as can be found out from here."""
    names = ", ".join(each.event for each in missed)
    if some:
        return StepFailed(
            f"Others arrived, but {names} did not within {seconds:g} s.",
            "`jira-reactor webhooks doctor` compares the registered events; or Jira is slow: try again with --wait.",
        )
    try:
        probe(public_url, connection.id)
    except Unreached as error:
        return StepFailed(f"{names} did not arrive within {seconds:g} s: {error.message}", error.cure)
    return StepFailed(
        f"{names} did not arrive within {seconds:g} s, though the receiver answers at {public_url}.",
        "If the receiver's log says refused, Jira signs with another secret: `jira-reactor webhooks rotate-secret`."
        " If it says nothing, Jira does not reach that address or knows no webhook with it: `jira-reactor doctor` and"
        " `jira-reactor webhooks doctor` look at both.",
    )
