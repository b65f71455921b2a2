"""The changelogs of one issue and of many, on Cloud."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import History, Issue
from app.simulator.refused import Refused

PAGE = 100
#: Of one request for many issues.
BULK_PAGE = 1_000
MOST_ISSUES = 1_000


def of_issue(call: Call, key: str) -> Answer:
    """Give a page of an issue's changelog, oldest first."""
    histories, page = call.page([call.show.history(history) for history in call.issue(key).histories], size=PAGE)
    return 200, {**page, "isLast": page["startAt"] + len(histories) >= page["total"], "values": histories}


def of_many(call: Call) -> Answer:
    """Give the changes of many issues, oldest first, with a token that leads to the next page.

    Issues that cannot be seen are left out.
    """
    named = [str(reference) for reference in call.json.get("issueIdsOrKeys") or ()]
    if not 0 < len(named) <= MOST_ISSUES:
        raise Refused(f"Between 1 and {MOST_ISSUES:,} issues must be named.")
    wanted = set(call.json.get("fieldIds") or ())
    entries = [(h, issue) for issue in _visible(call, named) for h in issue.histories if _concerns(h, wanted)]
    entries.sort(key=lambda entry: (entry[0].created, entry[1].id))
    start, length = int(call.json.get("nextPageToken") or 0), int(call.json.get("maxResults") or BULK_PAGE)
    answer: dict[str, Any] = {"issueChangeLogs": _by_issue(call, entries[start : start + length])}
    if start + length < len(entries):
        answer["nextPageToken"] = str(start + length)
    return 200, answer


def _visible(call: Call, named: list[str]) -> list[Issue]:
    found = {issue.id: issue for issue in map(call.site.issue, named) if issue}
    return [issue for issue in found.values() if call.may("BROWSE_PROJECTS", issue.project)]


def _concerns(history: History, wanted: set[str]) -> bool:
    return not wanted or any(item.field_id in wanted for item in history.items)


def _by_issue(call: Call, entries: list[tuple[History, Issue]]) -> list[dict[str, Any]]:
    by_issue: dict[int, list[Any]] = {}
    for history, issue in entries:
        by_issue.setdefault(issue.id, []).append(call.show.history(history))
    return [{"issueId": str(number), "changeHistories": histories} for number, histories in by_issue.items()]
