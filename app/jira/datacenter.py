"""Jira Data Center: REST v2, texts as wiki markup, people by user name.

https://developer.atlassian.com/server/jira/platform/rest/
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from app import markup
from app.events.event import Issue, User
from app.jira import marker as marking
from app.jira import paging, reading
from app.jira.base import Jira
from app.jira.client import segment
from app.jira.errors import NotFound
from app.jira.paging import PAGE
from app.jira.values import History

#: Jira's default bound is 32,767; an admin may have lowered or lifted it.
MOST_CHARACTERS = 32_000
#: How far back a marker is looked for: each comment of ours costs one call.
COMMENTS_BACK = 50


class DataCenterJira(Jira):
    """A Jira Data Center instance."""

    api = "/rest/api/2"

    def projects(self) -> list[tuple[str, str]]:
        """List key and name of every project that our account may browse; Data Center tells them at once."""
        told = {"projects": self.client.send("GET", f"{self.api}/project")}
        return sorted(reading.project(project) for project in reading.listing(told, "projects"))

    def _permissions(self, project: str | None, keys: Collection[str]) -> Any:
        # Data Center cannot be asked for some; it tells all.
        query = {"projectKey": project} if project else {}
        return self.client.send("GET", f"{self.api}/mypermissions", query=query)

    def search(self, jql: str, fields: Sequence[str]) -> Iterator[Issue]:
        """Yield the issues that a search finds."""

        def page(start: int) -> Any:
            asked = {"jql": jql, "fields": [*fields], "startAt": start, "maxResults": PAGE}
            return self.client.send("POST", f"{self.api}/search", body=asked, safe=True)

        return (reading.issue(told) for page in paging.by_offset(page, "issues") for told in page)

    def changelog(self, key: str, since_ms: int = 0) -> list[History]:
        """Read the changelog, which Data Center tells whole and does not promise to sort."""
        entries = sorted(map(reading.history, self._histories(key)), key=lambda entry: entry.created)
        return [entry for entry in entries if entry.created >= since_ms]

    def _histories(self, key: str) -> list[Any]:
        told = self.client.send("GET", self._at(key), query={"expand": "changelog", "fields": "status"})
        return reading.listing(reading.mapping(told).get("changelog"), "histories")

    def edit_comment(self, key: str, comment_id: str, markdown: str) -> None:
        """Replace the text of a comment; who may see it stays as it is."""
        path = f"{self._at(key)}/comment/{segment(comment_id)}"
        body: dict[str, Any] = {"body": self._body(markdown)}
        # Told again as it is, because not every version keeps a visibility that an update leaves out.
        if visibility := reading.comment(self.client.send("GET", path)).visibility:
            body["visibility"] = self._visibility(visibility)
        self.client.send("PUT", path, body=body)

    def find_comment(self, key: str, marker: str) -> str | None:
        """Return the id of our newest comment that carries the marker; one call per comment of ours."""
        for comment_id in islice(self._own_comments(key), COMMENTS_BACK):
            path = f"{self.api}/comment/{segment(comment_id)}/properties/{marking.NAME}"
            if marking.in_value(self._property(path), marker):
                return comment_id
        return None

    def _own_comments(self, key: str) -> Iterator[str]:
        for page in self._comment_pages(key, "-created"):
            for comment in map(reading.comment, page):
                if comment.author and comment.author.id == self.account.id:
                    yield comment.id

    def find_change(self, key: str, marker: str) -> bool:
        """Look for the marker in the changelog."""
        return any(marking.in_history(entry, marker) for entry in self._histories(key))

    def fits(self, markdown: str) -> bool:
        """Tell whether Jira takes this text as one comment."""
        return len(markup.to_wiki(markdown)) <= MOST_CHARACTERS

    def mention(self, user: User) -> str:
        """Write a mention of somebody, for use in Markdown that is sent here."""
        return f"[~{user.username}]"

    def _body(self, markdown: str) -> str:
        return markup.to_wiki(markdown)

    def _person(self, user_id: str | None) -> dict[str, str | None] | None:
        return {"name": None if user_id is None else self._login(user_id)}

    def _login(self, user_id: str) -> str:
        """Return the login name, which writes take, of a user whom events tell by key."""
        if user_id == self.account.id:
            return self.account.username
        try:
            return reading.user(self.client.send("GET", f"{self.api}/user", query={"key": user_id})).username
        except NotFound:
            return user_id

    def _visibility(self, visibility: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": visibility.get("type"), "value": visibility.get("value")}
