"""All that a handler gets and the only way it touches the world."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.errors import ReactorError
from app.events.event import Comment, Event, Issue, User

if TYPE_CHECKING:
    # Handler files import this module, and reading them must not cost the database and the engine.
    from structlog.typing import FilteringBoundLogger

    from app.droids.prompts import Prompts
    from app.jira import Jira
    from app.reacting.actions import Actions
    from app.reacting.colleague import Colleague
    from app.reacting.desk import Desk


@dataclass
class Context:
    """One run's view: what happened, the issue as it is now, Jira to write to, a droid to ask.

    A handler may be repeated from its beginning after a crash. What went through the context is then remembered, not
    done again; anything else it does should bear repeating.
    """

    event: Event
    jira: Desk
    droid: Colleague
    log: FilteringBoundLogger
    #: Who caused the run: the comment's author, or whoever changed the issue; None where Jira does not say.
    asker: User | None
    #: The command that the comment begins with after the droid's mention, such as "plan"; empty where there is none.
    command: str
    _jira: Jira
    _actions: Actions
    _prompts: Prompts

    @cached_property
    def issue(self) -> Issue:
        """The event's issue as Jira has it now, read once per run."""
        told = self.event.issue
        if told is None:
            raise ReactorError("The event tells of no issue.", "Give the route a condition on an issue.")
        return self._actions.read("issue", lambda: self._jira.issue(told.key or told.id))

    @property
    def comment(self) -> Comment:
        """The comment the event tells of."""
        if self.event.comment is None:
            raise ReactorError("The event tells of no comment.", 'Let the route listen to "comment_created".')
        return self.event.comment

    def prompt(self, name: str, **values: Any) -> str:
        """Fill in the prompt template of this name: the project's own, or else everybody's.

        A template can name `issue`, `comment`, `event`, `project` and `values`; `comment` is None where the event tells
        of none, and so is `issue`. Raises PromptError.
        """
        issue = self.issue if self.event.issue else None
        scope = {"issue": issue, "comment": self.event.comment, "event": self.event, "project": self.event.project}
        return self._prompts.render(name, self.event.project, scope | values)
