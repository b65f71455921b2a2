"""Remote links: from an issue to something outside Jira."""

from typing import Any

from app.simulator.call import Answer, Call
from app.simulator.issues import Issue, RemoteLink
from app.simulator.refused import Refused


def put(call: Call, key: str) -> Answer:
    """Create a link, or replace the one with the same globalId: 201 or 200 on Cloud, 200 on Data Center."""
    issue = _linkable(call, key)
    link, new = call.site.link(issue.key, call.json.get("globalId") or "", _content(call))
    created = new and call.site.face.name == "cloud"
    return (201 if created else 200), {"id": link.id, "self": _address(call, issue, link)}


def read(call: Call, key: str, link_id: str) -> Answer:
    """Give one link."""
    issue = call.issue(key)
    return 200, _shown(call, issue, _find(issue, link_id))


def edit(call: Call, key: str, link_id: str) -> Answer:
    """Replace one link."""
    issue = _linkable(call, key)
    link = _find(issue, link_id)
    link.content, link.global_id = _content(call), call.json.get("globalId") or link.global_id
    return 204, None


def delete(call: Call, key: str, link_id: str) -> Answer:
    """Take one link away."""
    issue = _linkable(call, key)
    issue.links.remove(_find(issue, link_id))
    return 204, None


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


def _linkable(call: Call, key: str) -> Issue:
    issue = call.issue(key)
    call.require("LINK_ISSUES", issue.project, "You do not have permission to link issues in this project.")
    return issue


def _content(call: Call) -> dict[str, Any]:
    target = call.json.get("object") or {}
    if missing := [name for name in ("url", "title") if not target.get(name)]:
        raise Refused(errors={name: f"'{name}' is required." for name in missing})
    return {name: call.json[name] for name in ("application", "relationship", "object") if name in call.json}


def _find(issue: Issue, link_id: str) -> RemoteLink:
    for link in issue.links:
        if str(link.id) == link_id:
            return link
    raise Refused(f"A remote link with the id '{link_id}' does not exist.", status=404)


def _shown(call: Call, issue: Issue, link: RemoteLink) -> dict[str, Any]:
    named = {"globalId": link.global_id} if link.global_id else {}
    return {"id": link.id, "self": _address(call, issue, link), **named, **link.content}


def _address(call: Call, issue: Issue, link: RemoteLink) -> str:
    return call.show.url(f"issue/{issue.key}/remotelink/{link.id}")
