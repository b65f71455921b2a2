"""What is wrong with the registrations of a connection, found by comparing Jira's side with ours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from app.storage.webhooks import Webhook
from app.webhooks.registration import NAME, Registration
from app.webhooks.registry import Listed

#: missing: Jira has none of ours. expired, changed: it has ours, but not as it must be. orphan: nobody can receive
#: what it sends any more. unneeded: no project is authorized. foreign: somebody else's, ours to leave alone.
Wrong = Literal["missing", "expired", "changed", "orphan", "unneeded", "foreign"]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it must be, in words, and what it concerns on either side."""

    kind: Wrong
    text: str
    listed: Listed | None = None
    webhook: Webhook | None = None


@dataclass(frozen=True)
class Expected:
    """What there must be on Jira's side, and what may be there besides."""

    #: None where no project is authorized.
    wanted: Registration | None
    #: What we remember of registrations, oldest first.
    ours: Sequence[Webhook]
    #: The receiver's addresses of all connections begin with this; empty where the public URL is not set.
    prefix: str
    #: Addresses of this installation's connections, of this one too.
    urls: Collection[str]


def compare(expected: Expected, theirs: Sequence[Listed], *, own: bool, filters: bool, now: int) -> list[Difference]:
    """List what is wrong; `own` says that all of theirs belong to our app, `filters` that Jira can filter by JQL."""
    by_id = {listed.id: listed for listed in theirs}
    live = [(webhook, by_id[webhook.jira_id]) for webhook in expected.ours if webhook.jira_id in by_id]
    rest = [listed for listed in theirs if listed.id not in {webhook.jira_id for webhook in expected.ours}]
    wanted = expected.wanted
    found = [_stray(listed, expected, own=own) for listed in rest]
    differences = [difference for difference in found if difference]
    if wanted is None:
        return differences + [
            Difference("unneeded", f"Webhook {listed.id} is registered, but no project is authorized.", listed, webhook)
            for webhook, listed in live
        ]
    differences += [
        Difference("orphan", f"Webhook {listed.id} is an older one of this connection.", listed, webhook)
        for webhook, listed in live[:-1]
    ]
    if not live:
        pasted = any(not webhook.jira_id for webhook in expected.ours)
        why = "the one to be pasted by hand is not there" if pasted else "none is registered that Jira still knows"
        return [*differences, Difference("missing", f"There is no webhook: {why}, so Jira pushes nothing.")]
    webhook, listed = live[-1]
    return differences + _unlike(wanted, webhook, listed, filters=filters, now=now)


def compare_unseen(wanted: Registration, ours: Sequence[Webhook]) -> list[Difference]:
    """List what is wrong as far as our own memory tells, where the account may not see Jira's side."""
    if not ours:
        return [Difference("missing", "No webhook is registered, so Jira pushes nothing.")]
    webhook = ours[-1]
    known = Listed(webhook.jira_id, webhook.url, webhook.events, webhook.jql)
    return _unlike(wanted, webhook, known, filters=False, now=0)


def _unlike(wanted: Registration, webhook: Webhook, listed: Listed, *, filters: bool, now: int) -> list[Difference]:
    name = f"Webhook {listed.id}" if listed.id else "The webhook pasted by hand"
    if listed.expires_at is not None and listed.expires_at <= now:
        return [Difference("expired", f"{name} has expired, so Jira pushes nothing.", listed, webhook)]
    wrong = []
    if not listed.enabled:
        wrong.append("is switched off")
    if listed.url != wanted.url:
        wrong.append(f"points at {listed.url} instead of {wanted.url}")
    if missing := [event for event in wanted.events if event not in listed.events]:
        wrong.append(f"leaves out {', '.join(missing)}")
    # Where Jira's filter cannot be read, it is what was pasted; without one everything comes, which is enough.
    jql = listed.jql if filters else webhook.jql
    if (filters or jql) and _spaceless(jql) != _spaceless(wanted.jql):
        wrong.append(f"filters by {jql or 'nothing'} instead of {wanted.jql}")
    return [Difference("changed", f"{name} {' and '.join(wrong)}.", listed, webhook)] if wrong else []


def _stray(listed: Listed, expected: Expected, *, own: bool) -> Difference | None:
    """Judge a registration that we do not remember."""
    name = f"Webhook {listed.id}" + (f" ({listed.name})" if listed.name else "")
    mine = expected.wanted.url if expected.wanted else ""
    named = own or listed.name.startswith(NAME)
    if listed.url in expected.urls and listed.url != mine:
        # Another connection of ours to the same Jira; its own comparison looks after it.
        return None
    if listed.url == mine and named:
        return Difference("orphan", f"{name} of an older install pushes to our URL with a secret nobody knows.", listed)
    if listed.url == mine:
        return Difference("foreign", f"{name} is not ours and pushes to our URL, where it is refused.", listed)
    if expected.prefix and listed.url.startswith(expected.prefix):
        return Difference("orphan", f"{name} pushes to a connection that is gone.", listed)
    if named:
        text = f"{name} is not known here and pushes to {listed.url}; another installation may live there."
        return Difference("foreign", text, listed)
    return None


def _spaceless(jql: str) -> str:
    # Jira writes filters down with spaces and quotes of its own.
    return jql.replace(" ", "").replace('"', "").lower()
