"""Webhooks that OAuth apps register for themselves, on Cloud.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.simulator import jql
from app.simulator.call import Answer, Call
from app.simulator.people import App
from app.simulator.refused import Refused
from app.simulator.rendering import when
from app.simulator.webhooks import DYNAMIC_EVENTS, DYNAMIC_LIMIT, Webhook

MEMBERS = frozenset({"events", "jqlFilter", "fieldIdsFilter", "issuePropertyKeysFilter"})


def register(call: Call) -> Answer:
    """Register webhooks; the answer is 200 whatever becomes of each, and tells it one by one."""
    app = _app(call)
    url = str(call.json.get("url") or "")
    if any(webhook.url != url for webhook in call.webhooks.of_app(app)):
        raise Refused("Only a single URL per app is allowed to be registered.")
    for wanted in call.json.get("webhooks") or ():
        _check_shape(wanted)
    results = [_register(call, app, url, wanted) for wanted in call.json.get("webhooks") or ()]
    return 200, {"webhookRegistrationResult": results}


def list_all(call: Call) -> Answer:
    """Give a page of what the app registered for the sender."""
    page, where = call.page(call.webhooks.of_app(_app(call), call.person), size=100)
    last = where["startAt"] + len(page) >= where["total"]
    return 200, {**where, "isLast": last, "values": [_shown(call, webhook) for webhook in page]}


def refresh(call: Call) -> Answer:
    """Let webhooks live another 30 days; ids that are not the app's own are passed over."""
    expires = call.webhooks.new_expiry()
    for webhook in _named(call):
        webhook.expires = expires
    return 200, {"expirationDate": _told(call, expires)}


def delete(call: Call) -> Answer:
    """Delete webhooks; ids that are not the app's own are passed over."""
    for webhook in _named(call):
        call.webhooks.remove(webhook.id)
    return 202, None


def _app(call: Call) -> App:
    if call.app is None:
        raise Refused("Only Connect and OAuth 2.0 apps can use this operation.", status=403)
    return call.app


def _register(call: Call, app: App, url: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    if errors := _wrong(call, app, wanted):
        return {"errors": errors}
    webhook = call.webhooks.add(
        name=app.name,
        url=url,
        events=tuple(wanted["events"]),
        by=call.person,
        filter=wanted["jqlFilter"],
        app=app,
        expires=call.webhooks.new_expiry(),
        field_ids=tuple(wanted.get("fieldIdsFilter") or ()),
        property_keys=tuple(wanted.get("issuePropertyKeysFilter") or ()),
    )
    return {"createdWebhookId": webhook.id}


def _check_shape(wanted: Mapping[str, Any]) -> None:
    """Refuse the whole request for what cannot even be read, where a bad filter only fails its own webhook."""
    if unknown := wanted.keys() - MEMBERS:
        raise Refused(f"Unrecognized field {min(unknown)}")
    if missing := {"events", "jqlFilter"} - wanted.keys():
        raise Refused(f"{min(missing)} is required")
    if unheard := set(wanted["events"]) - DYNAMIC_EVENTS:
        raise Refused(f"The event {min(unheard)} is unknown")


def _wrong(call: Call, app: App, wanted: Mapping[str, Any]) -> list[str]:
    if len(call.webhooks.of_app(app, call.person)) >= DYNAMIC_LIMIT:
        return [f"The limit of {DYNAMIC_LIMIT} webhooks per app per user is reached"]
    try:
        return jql.unsupported(wanted["jqlFilter"])
    except Refused as refused:
        return [refused.message]


def _named(call: Call) -> list[Webhook]:
    ids = set(call.json.get("webhookIds") or ())
    return [webhook for webhook in call.webhooks.of_app(_app(call), call.person) if webhook.id in ids]


def _told(call: Call, moment: datetime | None) -> int | str:
    if moment and call.webhooks.iso_dates:
        return when(moment)
    return int(moment.timestamp() * 1000) if moment else 0


def _shown(call: Call, webhook: Webhook) -> dict[str, Any]:
    shown = {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "jqlFilter": webhook.filter,
        "expirationDate": _told(call, webhook.expires),
        "fieldIdsFilter": list(webhook.field_ids),
        "issuePropertyKeysFilter": list(webhook.property_keys),
    }
    return {name: value for name, value in shown.items() if value != []}
