"""A Jira that knows only what it was told: for rehearsals that no Jira takes part in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.events.event import Comment, Event, Issue, User
from app.jira import Jira, PersonalAccessToken, connect
from app.reacting.rehearsing.recording import Unrehearsed

#: What depends on the deployment alone.
_MARKUP = frozenset({"fits", "mention", "_body"})


@dataclass(frozen=True)
class ToldJira:
    """Answers out of an event and of what a test adds; it takes the place of a `Jira` behind a RecordingJira."""

    event: Event
    account: User
    #: "cloud" or "datacenter": how texts and mentions are written.
    deployment: str = "cloud"
    #: What every search finds.
    found: Sequence[Issue] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in _MARKUP:
            return getattr(self._scribe, name)
        raise Unrehearsed(f"No Jira takes part in this rehearsal that could be asked for {name}.")

    def issue(self, key: str) -> Issue:
        """Tell the event's issue, or as much of another as its key."""
        told = self.event.issue
        others = {issue.key: issue for issue in self.found}
        return told if told and key in (told.key, told.id) else others.get(key, Issue(key, key, key.rpartition("-")[0]))

    def comments(self, key: str) -> list[Comment]:
        """Tell the event's comment."""
        told = self.event.issue
        return [self.event.comment] if self.event.comment and told and key in (told.key, told.id) else []

    def search(self, jql: str, fields: Sequence[str]) -> Iterator[Issue]:
        """Find what the test says is there."""
        return iter(self.found)

    def get_property(self, key: str, name: str) -> Any:
        """Tell what the test says is kept."""
        return self.properties.get(name)

    def is_internal(self, comment_id: str) -> bool:
        """Tell whether the event says so."""
        return self.event.comment is not None and self.event.comment.public is False

    @cached_property
    def _scribe(self) -> Jira:
        # It is never called over the network: it only knows how its deployment writes.
        return connect(self.deployment, "https://jira.example.com", PersonalAccessToken("none"))
