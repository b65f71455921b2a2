"""Remote links: from an issue to something outside Jira."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import Issue, RemoteLink
from app.simulator.refused import Refused


def put(call: Call, key: str) -> Answer:
    """Create a link, or replace the one with the same globalId: 201 or 200 on Cloud, 200 on Data Center."""
    issue = call.issue(key)
    call.require("LINK_ISSUES", issue.project, "You do not have permission to link issues in this project.")
    target = call.json.get("object") or {}
    if missing := [name for name in ("url", "title") if not target.get(name)]:
        raise Refused(errors={name: f"'{name}' is required." for name in missing})
    content = {name: call.json[name] for name in ("application", "relationship", "object") if name in call.json}
    link, new = call.site.link(issue.key, call.json.get("globalId") or "", content)
    created = new and call.site.face.name == "cloud"
    return (201 if created else 200), {"id": link.id, "self": _address(call, issue, link)}


def list_all(call: Call, key: str) -> Answer:
    """Give an issue's links; with globalId that one alone, not in a list."""
    issue = call.issue(key)
    wanted = call.query.get("globalId")
    if wanted is None:
        return 200, [_shown(call, issue, link) for link in issue.links]
    for link in issue.links:
        if link.global_id == wanted:
            return 200, _shown(call, issue, link)
    raise Refused(f"A remote link with the global id '{wanted}' does not exist.", status=404)


def _shown(call: Call, issue: Issue, link: RemoteLink) -> dict[str, Any]:
    named = {"globalId": link.global_id} if link.global_id else {}
    return {"id": link.id, "self": _address(call, issue, link), **named, **link.content}


def _address(call: Call, issue: Issue, link: RemoteLink) -> str:
    return call.show.url(f"issue/{issue.key}/remotelink/{link.id}")
