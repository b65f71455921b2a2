"""Search with JQL."""

from typing import Any

from app.simulator import jql
from app.simulator.call import Answer, Call
from app.simulator.issues import Issue
from app.simulator.refused import Refused
from app.simulator.resources.issues import document

PAGE = 50
LONGEST_PAGE = 5_000


def enhanced(call: Call) -> Answer:
    """Search as Cloud does: a token leads to the next page, there is no total, and only ids come unless asked."""
    asked = _asked(call)
    found = _found(call, asked)
    start, length = int(asked.get("nextPageToken") or 0), min(int(asked.get("maxResults") or PAGE), LONGEST_PAGE)
    page, last = found[start : start + length], start + length >= len(found)
    answer = {"issues": [_shown(call, issue, asked) for issue in page], "isLast": last}
    return 200, answer if last else {**answer, "nextPageToken": str(start + length)}


def paged(call: Call) -> Answer:
    """Search as Data Center does: by offset, with a total."""
    asked = _asked(call)
    found = _found(call, asked)
    start, length = int(asked.get("startAt") or 0), min(int(asked.get("maxResults") or PAGE), 1_000)
    page = [document(call, issue, _fields(asked)) for issue in found[start : start + length]]
    return 200, {"startAt": start, "maxResults": length, "total": len(found), "issues": page}


def _asked(call: Call) -> dict[str, Any]:
    if call.content is not None:
        return dict(call.json)
    query = call.query
    return {**query.to_dict(), "fields": query.getlist("fields")}


def _found(call: Call, asked: dict[str, Any]) -> list[Issue]:
    text = str(asked.get("jql") or "")
    if call.site.face.name == "cloud" and not jql.parse(text).bounded:
        raise Refused("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    visible = [issue for issue in call.site.issues.values() if call.may("BROWSE_PROJECTS", issue.project)]
    return jql.search(text, visible, call.person)


def _fields(asked: dict[str, Any]) -> list[str]:
    return list(asked.get("fields") or ())


def _shown(call: Call, issue: Issue, asked: dict[str, Any]) -> dict[str, Any]:
    wanted = [name for name in ",".join(_fields(asked)).split(",") if name]
    if wanted and wanted != ["id"]:
        return document(call, issue, wanted)
    return {"id": str(issue.id)}
