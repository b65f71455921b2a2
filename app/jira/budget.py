"""How many calls Jira still takes: which of its limits a call falls under, and where everybody's waits are kept.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

import re
from collections.abc import Collection
from typing import Protocol

#: Scope of a wait that concerns every call.
ALL = "all"


class Budget(Protocol):
    """The waits that all who talk to one Jira keep together.

    A scope is ALL, a kind of call such as "POST /issue/*/comment", or the writes to one issue such as "issue:OPS-1".
    """

    def wait(self, scopes: Collection[str]) -> float:
        """Return the seconds until none of these scopes has to wait any more."""

    def pause(self, scope: str, seconds: float) -> None:
        """Let everybody wait, because Jira refused."""

    def slow(self, scope: str, seconds: float) -> None:
        """Let this process leave so much between its calls for now, because Jira is about to refuse."""


def scopes(method: str, path: str) -> list[str]:
    """Name every scope that a call falls under, the widest first."""
    written = _written_issue(method, path)
    return [ALL, kind(method, path), *([f"issue:{written}"] if written else [])]


def limited_scope(reason: str, method: str, path: str) -> str:
    """Name the scope that a refused call shows to be used up, by Jira's RateLimit-Reason.

    Without a reason it is everything: Data Center names none and counts all calls of an account together.
    """
    written = _written_issue(method, path)
    if reason == "jira-per-issue-on-write" and written:
        return f"issue:{written}"
    return kind(method, path) if reason in ("jira-burst-based", "jira-per-issue-on-write") else ALL


def kind(method: str, path: str) -> str:
    """Name the endpoint of a call, without the keys, ids and names that stand in its path."""
    below = re.sub(r"^/rest/api/\d+", "", path)
    below = re.sub(r"/properties/[^/]+", "/properties/*", below)
    return f"{method} {re.sub(r'/([0-9]+|[A-Z][^/]*)(?=/|$)', '/*', below)}"


def _written_issue(method: str, path: str) -> str:
    found = re.search(r"/issue/([A-Z0-9][^/]*)", path) if method != "GET" else None
    return found[1] if found else ""
