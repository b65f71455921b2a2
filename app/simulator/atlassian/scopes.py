"""Which scopes a call needs; the official document, read by our conformance tests, has the last word."""

import re

#: The first that fits decides. Granular scopes are not played: an app asks for the classic ones.
NEEDED: tuple[tuple[str, re.Pattern[str], frozenset[str]], ...] = tuple(
    (methods, re.compile(path), frozenset(scopes.split()))
    for methods, path, scopes in (
        ("GET", r"^/rest/api/3/serverInfo$", ""),
        ("POST", r"^/rest/api/3/permissions/check$", ""),
        ("GET", r"^/rest/api/3/(myself|user)(/|$)", "read:jira-user"),
        ("GET POST PUT DELETE", r"^/rest/api/3/webhook(/|$)", "read:jira-work manage:jira-webhook"),
        ("GET", r"^/rest/api/3/", "read:jira-work"),
        ("POST", r"^/rest/api/3/(search|changelog|comment)/", "read:jira-work"),
        ("POST PUT DELETE", r"^/rest/api/3/(issue|comment)(/|$)", "write:jira-work"),
    )
)


def needed(method: str, path: str) -> frozenset[str] | None:
    """Name the scopes a call needs; None where no scope reaches it."""
    for methods, pattern, scopes in NEEDED:
        if method in methods.split() and pattern.search(path):
            return scopes
    return None
