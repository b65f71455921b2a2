"""Jira as Ada sees it, for reading back what the droid did."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.events.event import Comment
from app.jira import Jira
from app.markup import to_markdown
from app.simulator.people import Person


@dataclass(frozen=True)
class View:
    """Reads from Jira over HTTP, as Ada."""

    _jira: Jira
    _droid: Person
    #: Names of people by their ids.
    _names: Mapping[str, str]

    def read_comments(self, key: str) -> list[Comment]:
        """Read the comments, oldest first."""
        return self._jira.comments(key)

    def comments(self, key: str) -> list[dict[str, str]]:
        """Say the comments as people see them, mentions by name."""
        return [
            {"author": comment.author.name if comment.author else "", "text": self._named(to_markdown(comment.body))}
            for comment in self.read_comments(key)
        ]

    def answers(self, key: str) -> list[str]:
        """Say what the droid commented, without what merely tells how a run stands: that begins in bold."""
        return [text for text in self._said(key) if not text.startswith("**")]

    def says(self, key: str, words: str) -> str:
        """Give the droid's last line in which some words stand, without its formatting."""
        lines = [line.replace("*", "") for text in self._said(key) for line in text.splitlines()]
        return next((line for line in reversed(lines) if words in line), "")

    def question(self, key: str) -> str:
        """Give the question that the droid asked."""
        return self.says(key, "I need an answer to go on").partition(": ")[2]

    def status(self, key: str) -> str:
        """Read an issue's status."""
        return self._jira.issue(key).status

    def droid_moved(self, key: str) -> bool:
        """Tell whether Jira's history names the droid as who changed the status last."""
        moves = [entry for entry in self._jira.changelog(key) if any(c.field == "status" for c in entry.changes)]
        return bool(moves) and moves[-1].author is not None and moves[-1].author.id == self._droid.id

    def _said(self, key: str) -> list[str]:
        return [comment["text"] for comment in self.comments(key) if comment["author"] == self._droid.name]

    def _named(self, text: str) -> str:
        for account, name in self._names.items():
            text = text.replace(f"[~accountid:{account}]", f"@{name}")
        return text
