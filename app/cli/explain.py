"""`jira-reactor explain`: what would become of a payload, and why, without Jira and without a database."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from app.cli.handlers import folders_option, routes_of
from app.cli.terminal import plain
from app.events.event import Change, Event, User
from app.events.parse import MalformedEvent, parse
from app.routing import Outcome, Verdict, decide, snippet, turnable

_COLOURS = {"handled": "green", "unmatched": "yellow", "ignored": "yellow", "refused": "red"}


@dataclass(frozen=True)
class Explanation:
    """What became of one file; `event` is None where it is malformed."""

    file: str
    event: Event | None
    decision: str
    reason: str
    verdicts: tuple[Verdict, ...] = ()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--project", "projects", multiple=True, metavar="KEY", help="Count only this project as authorized.")
@click.option("--account", metavar="ID", help="The droid's accountId, user key or login name in Jira.")
@click.option("--turn-on", "turned_on", multiple=True, metavar="ROUTE", help="Count this opt-in route as turned on.")
@folders_option
def explain(
    files: Sequence[str],
    as_json: bool,
    projects: Sequence[str],
    account: str | None,
    turned_on: Sequence[str],
    folders: Sequence[Path],
) -> None:
    """Say what would become of each payload in FILE, and why ("-" reads standard input).

    Ends with 2 where a file cannot be read, else with 0: that a payload is malformed is an answer too.
    """
    droid = User(account, account, username=account) if account else None
    routes = routes_of(folders)
    on = frozenset(turnable(routes, name).id for name in turned_on)
    authorized = frozenset(projects).__contains__ if projects else _every_project
    outcome_of = partial(decide, routes=routes, droid=droid, authorized=authorized, turned_on=on)
    decisions: Counter[str] = Counter()
    for file in files:
        try:
            body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except (OSError, ValueError) as error:
            click.echo(f"{file} cannot be read: {error}", err=True)
            decisions["unreadable"] += 1
            continue
        explanation = _explained(file, body, outcome_of)
        click.echo(json.dumps(_as_json(explanation)) if as_json else _as_text(explanation))
        decisions[explanation.decision] += 1
    if len(files) > 1 and not as_json:
        click.echo(f"{len(files)} files: {', '.join(f'{count} {name}' for name, count in decisions.most_common())}")
    sys.exit(2 if decisions["unreadable"] else 0)


def _every_project(key: str) -> bool:
    return True


def _explained(file: str, body: bytes, outcome_of: Callable[[Event], Outcome]) -> Explanation:
    try:
        event = parse(json.loads(body))
    except MalformedEvent as error:
        return Explanation(file, None, "malformed", str(error))
    except (ValueError, RecursionError) as error:
        return Explanation(file, None, "malformed", f"The body is not JSON: {error}.")
    outcome = outcome_of(event)
    return Explanation(file, event, outcome.decision, outcome.reason, outcome.verdicts)


def _as_json(explanation: Explanation) -> dict[str, object]:
    event = explanation.event
    return {
        "file": explanation.file,
        "event": event and event.name,
        "actor": event and event.actor and {"id": event.actor.id, "name": event.actor.name},
        "project": (event and event.project) or None,
        "issue": (event and event.issue and event.issue.key) or None,
        "changes": [{"field": c.field, "from": c.from_, "to": c.to} for c in event.changes] if event else [],
        "mentions": list(event.mentions) if event else [],
        "decision": explanation.decision,
        "reason": explanation.reason,
        "routes": [{"route": v.route.id, "matched": v.matched, "failed": v.failed} for v in explanation.verdicts],
    }


def _as_text(explanation: Explanation) -> str:
    decision = click.style(explanation.decision, fg=_COLOURS.get(explanation.decision, "red"), bold=True)
    lines = [click.style(plain(explanation.file), bold=True)]
    if explanation.event:
        lines += [f"  {line}" for line in _told(explanation.event)]
    lines += [f"  {decision}: {plain(explanation.reason)}", *map(_verdict, explanation.verdicts)]
    if explanation.event and explanation.decision == "unmatched":
        lines += ["", "  To handle it, put this into a file in a handlers folder:", "", snippet(explanation.event)]
    return "\n".join(lines) + "\n"


def _told(event: Event) -> Iterator[str]:
    by = f" by {plain(event.actor.name or event.actor.id)}" if event.actor else ""
    on = f" on {plain(event.issue.key or event.issue.id)}" if event.issue else ""
    project = f" in project {plain(event.project)}" if event.project else ""
    also = f" (also told as {', '.join(map(plain, event.also))})" if event.also else ""
    yield f"{plain(event.name) or 'an event without a name'}{by}{on}{project}{also}"
    yield from map(_change, event.changes)
    if event.mentions:
        yield f"mentions {', '.join(map(plain, event.mentions))}"


def _change(change: Change) -> str:
    return f"{plain(change.field)}: {_short(change.from_)} → {_short(change.to)}"


def _verdict(verdict: Verdict) -> str:
    mark = click.style("✓", fg="green") if verdict.matched else click.style("✗", dim=True)
    return f"    {mark} {verdict.route.id} {plain(verdict.failed)}".rstrip()


def _short(text: str | None) -> str:
    """Show a value of a change on one line."""
    line = plain(" ".join((text or "").split()))
    return f"{line[:59]}…" if len(line) > 60 else line or "∅"
