"""From a happening to the body of a webhook, as each Jira shapes it."""

from dataclasses import dataclass
from typing import Any

from app.events.event import Body
from app.simulator.happening import Happening
from app.simulator.issues import History
from app.simulator.rendering import Json, Rendering, item_json
from app.simulator.site import Site


@dataclass(frozen=True)
class Told(Rendering):
    """Writes things as webhooks tell them: links to version 2 of the API, and texts as wiki markup on both Jiras."""

    api: str = "/rest/api/2"

    def text(self, body: Body) -> Body:
        """Give a text as webhooks do."""
        return self.site.face.wiki(body)

    def person(self, person: Any) -> Json:
        """Write an account; Cloud keeps addresses out of webhooks."""
        shown = super().person(person)
        return {k: v for k, v in shown.items() if k != "emailAddress"} if self.site.face.name == "cloud" else shown


def body(site: Site, happening: Happening, matched: list[int]) -> Json:
    """Write a webhook body; `matched` are the ids of an app's webhooks, empty for webhooks of administrators."""
    told = Told(site)
    envelope = {"timestamp": int(happening.at.timestamp() * 1000), "webhookEvent": happening.event}
    write = _comment_event if happening.event.startswith("comment_") else _issue_event
    if happening.property:
        write = _property_event
    return {**envelope, **write(told, happening), **({"matchedWebhookIds": matched} if matched else {})}


def _issue_event(told: Told, happening: Happening) -> Json:
    shown: Json = {
        "issue_event_type_name": happening.kind,
        "user": told.person(happening.actor),
        "issue": _issue(told, happening),
    }
    # A deleted comment is told by Data Center with neither changelog nor comment.
    if happening.comment and happening.kind != "issue_comment_deleted":
        shown["comment"] = told.comment(happening.issue, happening.comment)
    if happening.history:
        shown["changelog"] = _changelog(told, happening.history)
    return shown


def _issue(told: Told, happening: Happening) -> Json:
    """Write the whole issue; its comments come along on Data Center and when it is deleted."""
    issue = happening.issue
    fields = told.fields(issue)
    if told.site.face.name == "datacenter" or happening.event == "jira:issue_deleted":
        comments = told.comments(issue, issue.comments)
        fields["comment"] = {"comments": comments, "maxResults": len(comments), "total": len(comments), "startAt": 0}
    # Newer Cloud sites leave "issue/" out of this link.
    path = f"{issue.id}" if told.site.face.name == "cloud" else f"issue/{issue.id}"
    return {"id": str(issue.id), "self": told.url(path), "key": issue.key, "fields": fields}


def _comment_event(told: Told, happening: Happening) -> Json:
    """Write a comment event: no user at the top; on Cloud few fields of the issue, on Data Center no issue at all."""
    assert happening.comment
    shown: Json = {"comment": told.comment(happening.issue, happening.comment)}
    if told.site.face.name == "datacenter":
        return shown
    issue = happening.issue
    reduced = {"id": str(issue.id), "self": told.url(f"{issue.id}"), "key": issue.key, "fields": told.summary(issue)}
    return {**shown, "issue": reduced, "eventType": "primaryAction"}


def _property_event(told: Told, happening: Happening) -> Json:
    assert happening.property
    key, value = happening.property
    told_value = {"value": value} if happening.event == "issue_property_set" else {}
    return {
        "user": told.person(happening.actor),
        "issue": _issue(told, happening),
        "property": {"key": key, **told_value},
    }


def _changelog(told: Told, history: History) -> Json:
    items = []
    for item in history.items:
        shown = item_json(item)
        if item.field in ("assignee", "reporter") and told.site.face.name == "cloud":
            shown |= {"tmpFromAccountId": item.from_, "tmpToAccountId": item.to}
        items.append(shown)
    return {"id": str(history.id), "items": items}
