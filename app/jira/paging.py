"""The two ways in which Jira cuts a long list into pages: by offset, and by a token that leads to the next page."""

from collections.abc import Callable, Iterator
from typing import Any

from app.jira import reading

#: Per page; what Jira itself uses for comments and changelogs.
PAGE = 100
#: A bound for endless pages; Jira keeps at most 5,000 comments per issue.
MOST_PAGES = 100


def by_offset(ask: Callable[[int], Any], items: str) -> Iterator[list[Any]]:
    """Yield what each page holds under the name `items`; `ask` gets where the page starts."""
    start = 0
    for _ in range(MOST_PAGES):
        page = reading.mapping(ask(start))
        found = reading.listing(page, items)
        if found:
            yield found
        start += len(found)
        if not found or _last(page, start):
            return


def by_token(ask: Callable[[str], Any], items: str) -> Iterator[list[Any]]:
    """Yield what each page holds under the name `items`; `ask` gets the token of the page, at first an empty one."""
    token = ""
    for _ in range(MOST_PAGES):
        page = reading.mapping(ask(token))
        yield reading.listing(page, items)
        token = str(page.get("nextPageToken") or "")
        if not token or page.get("isLast") is True:
            return


def _last(page: dict[str, Any], seen: int) -> bool:
    total = reading.total(page)
    # Where Jira says neither, more pages would only be a guess.
    return page.get("isLast", total is None) is True or (total is not None and seen >= total)
