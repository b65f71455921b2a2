"""What becomes of an event: one decision and the reason for it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from app.events import names
from app.events.event import Event, User
from app.routing.policy import barred
from app.routing.router import Route, Verdict, match
from app.routing.wording import listed

Decision = Literal["unknown", "refused", "ignored", "unmatched", "handled"]

_NO_PROJECT = "this event does not say which project it concerns."
_TOLD_AGAIN = "It is a comment without its issue; Data Center tells the same comment in jira:issue_updated."


@dataclass(frozen=True)
class Outcome:
    """A decision, its reason as a sentence an admin understands, and what each route said."""

    decision: Decision
    reason: str
    verdicts: tuple[Verdict, ...]

    @property
    def matched(self) -> tuple[Verdict, ...]:
        """The verdicts that become runs; none unless the decision is "handled"."""
        return tuple(verdict for verdict in self.verdicts if verdict.matched) if self.decision == "handled" else ()


def decide(
    event: Event,
    routes: Iterable[Route],
    droid: User | None,
    *,
    authorized: Callable[[str], bool],
    turned_on: Collection[str] = (),
) -> Outcome:
    """Decide what becomes of an event, as far as the event alone can tell.

    `authorized` answers for a project's key; `turned_on` names the opt-in routes that are on there. An event without a
    project never runs anything, because nobody can have authorized it.
    """
    verdicts = tuple(match(routes, event, droid, turned_on))
    matched = [verdict.route.id for verdict in verdicts if verdict.matched]
    if unheard := _unheard(event, verdicts):
        return Outcome("unknown", unheard, verdicts)
    if event.project and not authorized(event.project):
        cure = f"`jira-reactor projects authorize {event.project}`"
        return Outcome("refused", f"Project {event.project} is not authorized on this connection; {cure}.", verdicts)
    if why := barred(event, droid):
        return Outcome("ignored", why, verdicts)
    if not matched:
        return Outcome("unmatched", _unmatched(event, verdicts), verdicts)
    if not event.project:
        return Outcome("refused", f"{listed(matched, 'and')} would match, but {_placeless(event)}", verdicts)
    return Outcome("handled", f"{listed(matched, 'and')} matched.", verdicts)


def _unheard(event: Event, verdicts: Iterable[Verdict]) -> str:
    if any(name in names.KNOWN for name in (event.name, *event.also)) or any(verdict.event for verdict in verdicts):
        return ""
    if not event.name:
        return "The body names no event."
    return f"Jira's documentation does not list the event {event.name}, and no route asks for it with unlisted=True."


def _unmatched(event: Event, verdicts: tuple[Verdict, ...]) -> str:
    listening = [verdict for verdict in verdicts if verdict.event]
    if not verdicts:
        return "No route matched; no handlers are loaded."
    if not listening:
        return f"No route matched; none listens to {listed((event.name, *event.also))}."
    closest = max(listening, key=lambda verdict: verdict.held)
    reason = f"No route matched; closest: {closest.route.id} {closest.failed}."
    return reason if event.project else f"{reason} Also, {_placeless(event)}"


def _placeless(event: Event) -> str:
    lost = event.comment is not None and not (event.issue and event.issue.key)
    return f"{_NO_PROJECT} {_TOLD_AGAIN}" if lost else _NO_PROJECT
