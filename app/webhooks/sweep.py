"""Finding what Jira did not push: events get lost on the way, and what happened is in the issues' histories."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from app.events.event import Issue
from app.jira import Jira, JiraError
from app.jira.errors import Forbidden, Invalid, JiraBroken, NotFound
from app.jira.moments import milliseconds
from app.jira.paging import PAGE
from app.storage import deliveries, projects
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.projects import Policy
from app.webhooks.arrivals import arrived
from app.webhooks.bodies import body
from app.webhooks.happenings import Happening, Window, happenings

#: How far before the end of the last sweep the next one looks, in milliseconds: Jira's index lags behind its issues.
LOOK_BACK = 15 * 60 * 1000
#: What happened less than this many milliseconds ago may still be on its way.
SETTLE = 60 * 1000
#: Milliseconds by which the measured difference between two clocks may be wrong.
_LEEWAY = 60 * 1000
#: Minutes by which a search reaches back further than needed, because its time counts from when Jira reads it.
_SLACK = 5


@dataclass(frozen=True)
class Swept:
    """What a sweep of one project came to: how many deliveries it made, or why it could not look."""

    project: str
    made: int
    trouble: str = ""


def sweep(
    db: Database,
    connection: Connection,
    jira: Jira,
    keys: Collection[str] = (),
    *,
    back: int | None = None,
    settle: int = 0,
) -> list[Swept]:
    """Keep what happened in authorized projects and did not arrive, as deliveries like Jira's own.

    Without `keys`, all projects that do not say otherwise are swept, each from where its last sweep ended; `back` says
    how many milliseconds to look back instead. What happened within the last `settle` milliseconds is left for later.
    Sweeping the same time twice keeps everything once. Raises JiraError where Jira does not tell its time.
    """
    # Jira's own clock names the times, so that a difference between it and ours opens no gap.
    skew = _skew(jira)
    until = now() + skew - settle
    chosen = {key: projects.policy(db, connection.id, key) for key in sorted(keys or _sweepable(db, connection.id))}
    policies = {key: policy for key, policy in chosen.items() if policy}
    windows = {key: _window(policy, skew, until, back) for key, policy in policies.items()}
    broom = Broom(db, connection, jira, skew, min((window.since for window in windows.values()), default=until))
    swept = []
    for key, window in windows.items():
        done = broom.sweep(key, window)
        if not done.trouble:
            _remember(db, connection.id, key, policies[key], window, skew)
        swept.append(done)
    return swept


@dataclass(frozen=True)
class Broom:
    """Sweeps the projects of one connection, one after the other."""

    db: Database
    connection: Connection
    jira: Jira
    #: Milliseconds by which Jira's clock is ahead of ours.
    skew: int
    #: The earliest moment of interest, on Jira's clock.
    earliest: int

    @cached_property
    def arrived(self) -> frozenset[str]:
        """What arrived since the earliest moment; read when the first issue needs it."""
        return arrived(self.db, self.connection.id, self.earliest - self.skew - _SLACK * 60_000)

    def sweep(self, key: str, window: Window) -> Swept:
        """Make deliveries of what is missing in a project; one that is gone, or one bad issue, keeps nobody back."""
        made, trouble = 0, ""
        try:
            for issue in self._changed(key, window):
                try:
                    made += self._sweep_issue(issue, window)
                except (Forbidden, Invalid, JiraBroken) as error:
                    trouble = f"{issue.key}: {error}"
        except JiraError as error:
            trouble = str(error)
        return Swept(key, made, trouble)

    def _sweep_issue(self, listed: Issue, window: Window) -> int:
        if (milliseconds(listed.fields.get("updated")) or window.since) < window.since:
            return 0
        try:
            missing = self._missing(listed, window)
            issue = self.jira.issue(listed.key) if missing else listed
        except NotFound:
            # Deleted, or moved out of sight, since the search.
            return 0
        return sum(self._keep(happening, issue) for happening in missing)

    def _changed(self, key: str, window: Window) -> list[Issue]:
        """Search for issues that changed within a window.

        The time is said relative to Jira's present, because JQL takes any other in the time zone of the account. While
        pages are read an issue may change and move to a page read before; a second search finds it.
        """
        found: dict[str, Issue] = {}
        for _ in range(2):
            minutes = (now() + self.skew - window.since) // 60_000 + _SLACK
            jql = f'project = "{key}" AND updated >= "-{minutes}m" ORDER BY updated DESC'
            page = {issue.key: issue for issue in self.jira.search(jql, ("created", "creator", "updated"))}
            found |= page
            if len(page) <= PAGE:
                break
        return list(found.values())

    def _missing(self, issue: Issue, window: Window) -> list[Happening]:
        histories, comments = self.jira.changelog(issue.key, window.since), self.jira.comments(issue.key)
        return [
            happening
            for happening in happenings(issue, histories, comments, window)
            if happening.fact not in self.arrived
            and not (happening.actor and happening.actor.id == self.connection.account.id)
        ]

    def _keep(self, happening: Happening, issue: Issue) -> bool:
        told = body(happening, issue, self.connection)
        kept = deliveries.keep(
            self.db,
            connection_id=self.connection.id,
            # It names the fact, so that the next sweep, or one that runs at the same time, does not keep it again.
            key=f"fact:{happening.fact}",
            headers=json.dumps({"user-agent": "jira-reactor sweep"}),
            body=json.dumps(told).encode(),
            event=told["webhookEvent"],
        )
        return kept is not None


def time_in(jira: Jira) -> int:
    """Ask a Jira for its time, in milliseconds."""
    return now() + _skew(jira)


def _skew(jira: Jira) -> int:
    return round((jira.server().skew or 0.0) * 1000)


def _sweepable(db: Database, connection_id: str) -> list[str]:
    policies = {key: projects.policy(db, connection_id, key) for key in projects.authorized(db, connection_id)}
    return [key for key, policy in policies.items() if policy and policy.sweep]


def _window(policy: Policy, skew: int, until: int, back: int | None) -> Window:
    if back is not None:
        return Window(until - back, until)
    # What happened before a project was authorized is none of ours; but the moment is ours and the skew a measurement.
    authorized = policy.authorized_at + skew - _LEEWAY
    return Window(authorized if policy.swept_at is None else max(policy.swept_at - LOOK_BACK, authorized), until)


def _remember(db: Database, connection_id: str, key: str, policy: Policy, window: Window, skew: int) -> None:
    """Write down how far a project is swept now, unless a gap was left before."""
    ended = policy.authorized_at + skew if policy.swept_at is None else policy.swept_at
    if window.since <= ended < window.until:
        projects.set_swept(db, connection_id, key, window.until)
