"""Jira Cloud: REST v3, texts as ADF documents, people by accountId.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from app import markup
from app.events.event import Issue, User
from app.jira import marker as marking
from app.jira import paging, reading
from app.jira.base import Jira
from app.jira.client import segment
from app.jira.paging import PAGE
from app.jira.values import History

#: Jira takes 32,767; how it counts an ADF document is not documented, so we count its JSON and keep a margin.
MOST_CHARACTERS = 30_000
#: How far back a marker is looked for: pages of comments or of changes.
PAGES_BACK = 3


class CloudJira(Jira):
    """A Jira Cloud site."""

    api = "/rest/api/3"

    def projects(self) -> list[tuple[str, str]]:
        """List key and name of every project that our account may browse."""
        pages = self._pages(f"{self.api}/project/search", "values", action="browse")
        return sorted(reading.project(told) for page in pages for told in page)

    def _permissions(self, project: str | None, keys: Collection[str]) -> Any:
        query = {"permissions": ",".join(keys)} | ({"projectKey": project} if project else {})
        return self.client.send("GET", f"{self.api}/mypermissions", query=query)

    def search(self, jql: str, fields: Sequence[str]) -> Iterator[Issue]:
        """Yield the issues that a search finds; Jira refuses one that names no bound, such as a project."""

        def page(token: str) -> Any:
            asked = {"jql": jql, "fields": [*fields], "maxResults": PAGE} | ({"nextPageToken": token} if token else {})
            return self.client.send("POST", f"{self.api}/search/jql", body=asked, safe=True)

        return (reading.issue(told) for page in paging.by_token(page, "issues") for told in page)

    def changelog(self, key: str, since_ms: int = 0) -> list[History]:
        """Read the changelog from its newest page back to where it is older than asked for."""
        newest_first: list[History] = []
        for page in self._changelog_backwards(key):
            entries = [reading.history(entry) for entry in reversed(page)]
            newest_first += [entry for entry in entries if entry.created >= since_ms]
            if entries and entries[-1].created < since_ms:
                break
        return newest_first[::-1]

    def _changelog_backwards(self, key: str) -> Iterator[list[Any]]:
        """Yield pages of the changelog, which Jira tells oldest first, from its end."""
        path = f"{self._at(key)}/changelog"
        first = self.client.send("GET", path, query={"startAt": 0, "maxResults": PAGE})
        end = reading.total(first) or 0
        while end > PAGE:
            start = max(end - PAGE, PAGE)
            told = self.client.send("GET", path, query={"startAt": start, "maxResults": end - start})
            yield reading.listing(told, "values")
            end = start
        yield reading.listing(first, "values")

    def edit_comment(self, key: str, comment_id: str, markdown: str) -> None:
        """Replace the text of a comment without notifying its watchers again; who may see it stays as it is."""
        path = f"{self._at(key)}/comment/{segment(comment_id)}"
        self.client.send("PUT", path, query={"notifyUsers": False}, body={"body": self._body(markdown)})

    def find_comment(self, key: str, marker: str) -> str | None:
        """Return the id of our newest comment that carries the marker; two calls per hundred comments."""
        for page in islice(self._comment_pages(key, "-created"), PAGES_BACK):
            if found := self._marked(self._own(page), marker):
                return found
        return None

    def _own(self, page: Iterable[Any]) -> list[int]:
        comments = map(reading.comment, page)
        own = [comment.id for comment in comments if comment.author and comment.author.id == self.account.id]
        return [int(comment_id) for comment_id in own if comment_id.isdecimal()]

    def _marked(self, ids: list[int], marker: str) -> str | None:
        if not ids:
            return None
        query = {"expand": "properties"}
        told = self.client.send("POST", f"{self.api}/comment/list", query=query, body={"ids": ids}, safe=True)
        wanted = marking.as_property(marker)
        for comment in map(reading.mapping, reading.listing(told, "values")):
            if wanted in (comment.get("properties") or ()):
                return reading.created_id(comment)
        return None

    def find_change(self, key: str, marker: str) -> bool:
        """Look for the marker in the newest pages of the changelog."""
        pages = islice(self._changelog_backwards(key), PAGES_BACK)
        return any(marking.in_history(entry, marker) for page in pages for entry in page)

    def fits(self, markdown: str) -> bool:
        """Tell whether Jira takes this text as one comment."""
        return len(json.dumps(markup.to_adf(markdown), separators=(",", ":"), ensure_ascii=False)) <= MOST_CHARACTERS

    def mention(self, user: User) -> str:
        """Write a mention of somebody, for use in Markdown that is sent here."""
        return f"[~accountid:{user.id}]"

    def _body(self, markdown: str) -> dict[str, Any]:
        return markup.to_adf(markdown)

    def _person(self, user_id: str | None) -> dict[str, str | None] | None:
        return None if user_id is None else {"accountId": user_id}

    def _visibility(self, visibility: Mapping[str, Any]) -> dict[str, Any]:
        # Group names can change and be taken by another group; their identifiers cannot.
        name = "identifier" if visibility.get("identifier") else "value"
        return {"type": visibility.get("type"), name: visibility.get(name)}

    def _thread(self, thread: str | None) -> dict[str, Any]:
        # Not in Jira's OpenAPI document, which admits further properties here; seen to work on real sites:
        # https://github.com/MrRefactoring/jira.js/issues/407
        return {"parentId": int(thread)} if thread and thread.isdecimal() else {}
