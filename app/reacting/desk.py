"""What a handler does in Jira: `ctx.jira`."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from app.errors import ReactorError
from app.events.event import Comment, Event, Issue, User
from app.jira import Jira, Moved, NotOffered, likeness
from app.markup import split
from app.reacting.actions import Actions

#: How many of the newest issues with a word in common are looked at for the likest.
_SEARCHED = 100


class NothingToSay(ReactorError):
    """A handler asked for an empty comment."""


class Desk:
    """Writes to the event's issue, or to another one named with `on`, through the service account.

    Every write is made once, however often a crash repeats the handler. Raises JiraError where Jira refuses for good.
    """

    def __init__(self, jira: Jira, actions: Actions, event: Event, asker: User | None = None) -> None:
        self._jira = jira
        self._actions = actions
        self._event = event
        self._asker = asker

    def comment(self, text: str, *, on: str = "", internal: bool | None = None) -> str:
        """Comment in Markdown and return the comment's id.

        A text over Jira's bound becomes several comments, of which the first is returned. An answer to a comment that
        only some may see is shown to the same people, and one within a thread stays in it. In a service project
        customers see what answers them and nothing else, unless `internal` says which it is to be.
        """
        if not text.strip():
            raise NothingToSay("The comment is empty.", "Check what the droid said before commenting it.")
        ids = [self._comment_once(part, self._key(on), internal) for part in split(text, self._jira.fits)]
        return ids[0]

    def answer(self, text: str) -> str:
        """Comment as `comment` does, on the event's issue, and mention who asked."""
        # What is not a plain paragraph, such as a list, cannot have a mention before it on its first line.
        gap = " " if text[:1].isalnum() else "\n\n"
        mention = self.mention(self._asker)
        return self.comment(f"{mention}{gap}{text}" if mention and text.strip() else text)

    def edit_comment(self, comment_id: str, text: str, *, on: str = "") -> None:
        """Replace a comment's text; what exceeds Jira's bound follows in further comments."""
        key = self._key(on)
        first, *rest = split(text, self._jira.fits)
        self._actions.perform("edit comment", lambda marker: self._jira.edit_comment(key, comment_id, first))
        for part in rest:
            self._comment_once(part, key)

    def comments(self, *, on: str = "") -> list[Comment]:
        """Read an issue's comments, oldest first."""
        key = self._key(on)
        return self._actions.read("comments", lambda: self._jira.comments(key))

    def transition(
        self,
        to: str,
        *or_else: str,
        on: str = "",
        fields: Mapping[str, Any] | None = None,
        backwards: bool = False,
        optional: bool = False,
    ) -> Moved:
        """Move an issue to the first of these statuses, or status categories, that its workflow offers.

        An issue that is there already stays, and so does one that is offered none of them where that is `optional`.
        `fields` are those that the transition's screen demands. It never moves to an earlier category unless
        `backwards`.
        """
        key = self._key(on)

        def move(marker: str) -> Moved:
            try:
                return self._jira.transition(key, to, *or_else, marker=marker, fields=fields, backwards=backwards)
            except NotOffered:
                if not optional:
                    raise
                return Moved(from_="", to="", moved=False)

        def moved(marker: str) -> Moved | None:
            return Moved(from_="", to=self._jira.issue(key).status, moved=True) if self._found(key, marker) else None

        return self._actions.perform("transition", move, moved)

    def assign(self, user: User | None, *, on: str = "") -> None:
        """Assign an issue to somebody, or to nobody."""
        key = self._key(on)
        person = user.id if user else None
        self._actions.perform(
            "assign", lambda m: self._jira.assign(key, person, marker=m), lambda m: self._found(key, m)
        )

    def label(self, *add: str, remove: tuple[str, ...] = (), on: str = "") -> None:
        """Add and remove labels; a label holds no spaces."""
        key = self._key(on)
        self._actions.perform(
            "label",
            lambda m: self._jira.label(key, add=add, remove=remove, marker=m),
            lambda m: self._found(key, m),
        )

    def set_fields(self, fields: Mapping[str, Any], *, on: str = "") -> None:
        """Set fields of an issue, in the shape of Jira's REST API: `{"priority": {"name": "High"}}`."""
        key = self._key(on)
        self._actions.perform(
            "fields", lambda m: self._jira.set_fields(key, fields, marker=m), lambda m: self._found(key, m)
        )

    def search(self, jql: str, *, limit: int = 50) -> list[Issue]:
        """Search with JQL and return the first issues found, each with its most usual fields."""
        return self._actions.read("search", lambda: list(islice(self._jira.search(jql, likeness.FIELDS), limit)))

    def similar(self, issue: Issue, *, limit: int = 10) -> list[Issue]:
        """Find issues of the same project whose summary shares words with this one's, the likest first."""
        words = likeness.telling_words(issue.summary)
        found = self.search(likeness.search_for(issue, words), limit=_SEARCHED) if words else []
        return likeness.likest(issue, found)[:limit]

    def remote_link(self, url: str, title: str, *, on: str = "") -> None:
        """Link an issue to a page elsewhere."""
        key = self._key(on)
        self._actions.perform("link", lambda marker: self._jira.remote_link(key, url, title, marker=marker))

    def set_property(self, name: str, value: Any, *, on: str = "") -> None:
        """Store a JSON value with an issue, invisible to people."""
        key = self._key(on)
        self._actions.perform("property", lambda marker: self._jira.set_property(key, name, value))

    def get_property(self, name: str, *, on: str = "") -> Any:
        """Read a JSON value stored with an issue; None where there is none."""
        key = self._key(on)
        return self._actions.read("property", lambda: self._jira.get_property(key, name))

    def mention(self, user: User | None) -> str:
        """Write a mention of somebody for use in a comment; empty for nobody."""
        return self._jira.mention(user) if user else ""

    def _comment_once(self, text: str, key: str, internal: bool | None = None) -> str:
        write = self._writing(text, key, internal)
        return self._actions.perform("comment", write, lambda marker: self._jira.find_comment(key, marker))

    def _stand(self, text: str) -> str:
        """Write a run's status comment and return its id; one that an earlier try wrote says this from now on."""
        key = self._key("")

        def found(marker: str) -> str | None:
            comment = self._jira.find_comment(key, marker)
            if comment is not None:
                self._jira.edit_comment(key, comment, text)
            return comment

        return self._actions.perform("status", self._writing(text, key), found)

    def _writing(self, text: str, key: str, internal: bool | None = None) -> Callable[[str], str]:
        # Only an answer on the very issue goes to the people of the comment it answers.
        asked = self._event.comment if self._event.issue and self._event.issue.key == key else None

        def write(marker: str) -> str:
            visibility, thread = (asked.visibility, asked.parent_id) if asked else (None, None)
            hidden = self._internal(asked, key) if internal is None else internal
            return self._jira.comment(key, text, marker=marker, visibility=visibility, internal=hidden, thread=thread)

        return write

    def _internal(self, asked: Comment | None, key: str) -> bool:
        if asked is None or not asked.id:
            return self._customers_read(key)
        # Data Center's webhooks do not say it, and an answer must not tell customers what was kept from them.
        return self._jira.is_internal(asked.id) if asked.public is None else not asked.public

    def _customers_read(self, key: str) -> bool:
        """Tell whether the event's issue is one of a service project, whose customers see every comment not hidden."""
        issue = self._event.issue
        project = issue.fields.get("project") if issue and issue.key == key else None
        return isinstance(project, Mapping) and project.get("projectTypeKey") == "service_desk"

    def _found(self, key: str, marker: str) -> bool | None:
        return self._jira.find_change(key, marker) or None

    def _key(self, on: str) -> str:
        if on:
            return on
        if self._event.issue and self._event.issue.key:
            return self._event.issue.key
        raise ReactorError("The event tells of no issue.", 'Name one: ctx.jira.comment(..., on="OPS-1").')
