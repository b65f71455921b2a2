"""What the inbox, the runs and both Jiras hold after a flood, put side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from app.jira.marker import NAME
from app.simulator.delivery import Delivery as Sent
from app.simulator.issues import Comment, History
from app.storage import tables
from app.storage.deliveries import Delivery
from app.storage.runs import Run
from tests.faults.installation import Installation, Site
from tests.faults.processes import Process


@dataclass(frozen=True)
class Left:
    """One write that stands in Jira: its kind, where, and the marker it carries."""

    kind: str
    connection: str
    key: str
    marker: str


class Tally:
    """Reads everything once, after the flood."""

    def __init__(self, installation: Installation) -> None:
        self._sites = installation.sites
        self.inbox: list[Delivery] = installation.deliveries()
        self.runs: list[Run] = installation.runs()
        with installation.db.reading() as tx:
            self._actions = tx.execute(sa.select(tables.actions)).all()

    @cached_property
    def sent(self) -> list[Sent]:
        """Everything either Jira sent."""
        return [delivery for site in self._sites for delivery in site.jira.sender.deliveries]

    @property
    def accepted(self) -> list[Sent]:
        """What was answered with 2xx."""
        return [sent for sent in self.sent if any(200 <= attempt.status < 300 for attempt in sent.attempts)]

    @property
    def handled(self) -> list[Delivery]:
        return [delivery for delivery in self.inbox if delivery.decision == "handled"]

    @cached_property
    def left(self) -> list[Left]:
        """Every comment and transition of the droid, in the order each issue shows them."""
        return [
            left
            for site in self._sites
            for key in site.jira.site.issues
            for left in (*_comments(site, key), *_transitions(site, key))
        ]

    @cached_property
    def statuses(self) -> list[str]:
        """What every comment says that tells how a run stands."""
        return [said for site in self._sites for key in site.jira.site.issues for said in site.statuses(key)]

    @property
    def acknowledged(self) -> int:
        """Count the runs that have a status comment."""
        return sum(bool(run.status_comment) for run in self.runs)

    def written(self, kind: str) -> Counter[int | None]:
        """Count the writes of a kind that stand in Jira by the delivery that caused them; None is nobody's."""
        return Counter(self._cause(left) for left in self.left if left.kind == kind)

    def disorder(self) -> list[str]:
        """Name the issues that show their comments or transitions in another order than the deliveries came in."""
        shown = defaultdict(list)
        for left in self.left:
            shown[left.kind, left.connection, left.key].append(self._cause(left) or 0)
        return [f"{place}: {order}" for place, order in shown.items() if order != sorted(order)]

    def overlaps(self) -> list[str]:
        """Name the runs that began before the run before them on the same issue had ended."""
        wrong = []
        latest: dict[tuple[str, str], Run] = {}
        for run in self.runs:
            before = latest.get((run.connection_id, run.issue))
            if before and (run.started_at or 0) < (before.ended_at or 0):
                wrong.append(f"{run.id} began before {before.id} ended")
            latest[run.connection_id, run.issue] = run
        return wrong

    def lines(self, receiver: Process, worker: Process) -> str:
        """Write the counts in one line."""
        answers = [attempt.status for sent in self.sent for attempt in sent.attempts]
        orphans = [run for told in worker.said("took over runs of dead workers") for run in told["runs"]]
        counts = {
            "kill -9 of the receiver": receiver.kills,
            "of the worker": worker.kills,
            "deliveries": len(self.sent),
            "retries": len(answers) - len(self.sent),
            "repeats answered 200": answers.count(200),
            "decisions": ", ".join(f"{n} {what}" for what, n in Counter(d.decision for d in self.inbox).most_common()),
            "runs": len(self.runs),
            "runs taken over": len(orphans),
            "actions tried again": sum(action.tries > 1 for action in self._actions),
            "comments": self.written("comment").total(),
            "transitions": self.written("transition").total(),
            "status comments": len(self.statuses),
        }
        return "; ".join(f"{name}: {count}" for name, count in counts.items())

    def _cause(self, left: Left) -> int | None:
        return self._causes.get((left.connection, left.kind, left.marker))

    @cached_property
    def _causes(self) -> dict[tuple[str, str, str], int]:
        deliveries = {run.id: run.delivery for run in self.runs}
        return {(a.connection_id, a.kind, a.marker): deliveries[a.run] for a in self._actions}


def _comments(site: Site, key: str) -> Iterable[Left]:
    def marker(comment: Comment) -> str:
        return str(comment.properties.get(NAME, {}).get("marker", ""))

    return [Left("comment", site.connection.id, key, marker(comment)) for comment in site.comments(key)]


def _transitions(site: Site, key: str) -> Iterable[Left]:
    def marker(history: History) -> str:
        return str((history.metadata or {}).get("extraData", {}).get("marker", ""))

    return [Left("transition", site.connection.id, key, marker(move)) for move in site.moves(key)]
