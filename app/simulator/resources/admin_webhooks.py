"""Webhooks that administrators register: the classic shape of Cloud and Data Center 9, and that of Data Center 10."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.simulator import jql
from app.simulator.call import Answer, Call
from app.simulator.refused import Refused
from app.simulator.webhooks import Webhook

FILTER = "issue-related-events-section"


def create(call: Call) -> Answer:
    """Register a webhook: 201."""
    _administrator(call)
    webhook = call.webhooks.add(by=call.person, **_settings(call))
    return 201, _shown(call, webhook)


def list_all(call: Call) -> Answer:
    """Give all of them."""
    _administrator(call)
    return 200, [_shown(call, webhook) for webhook in call.webhooks.of_admins()]


def read(call: Call, webhook_id: str) -> Answer:
    """Give one."""
    return 200, _shown(call, _find(call, webhook_id))


def edit(call: Call, webhook_id: str) -> Answer:
    """Replace one; a secret that is not sent stays."""
    webhook = _find(call, webhook_id)
    for name, value in _settings(call).items():
        if name != "secret" or value:
            setattr(webhook, name, value)
    webhook.updated = datetime.now(UTC)
    return 200, _shown(call, webhook)


def delete(call: Call, webhook_id: str) -> Answer:
    """Delete one."""
    call.webhooks.remove(_find(call, webhook_id).id)
    return 204, None


def _administrator(call: Call) -> None:
    if not call.person.admin or call.app:
        raise Refused("You do not have permission to access webhooks. Only administrators do.", status=403)


def _find(call: Call, webhook_id: str) -> Webhook:
    _administrator(call)
    webhook = call.webhooks.get(int(webhook_id)) if webhook_id.isdigit() else None
    if webhook is None or webhook.app:
        raise Refused(f"No webhook with id {webhook_id} exists.", status=404)
    return webhook


def _modern(call: Call) -> bool:
    """Say whether this is the shape that came with Data Center 10."""
    return call.site.face.name == "datacenter" and call.site.face.major >= 10


def _settings(call: Call) -> dict[str, Any]:
    sent = call.json
    missing = [name for name in ("name", "url") if not sent.get(name)]
    if missing:
        raise Refused(errors={name: f"The {name} must not be empty." for name in missing})
    chosen = _modern_settings(sent) if _modern(call) else _classic_settings(call, sent)
    jql.parse(chosen["filter"])
    return {"name": sent["name"], "url": sent["url"], "events": tuple(sent.get("events") or ()), **chosen}


def _classic_settings(call: Call, sent: Mapping[str, Any]) -> dict[str, Any]:
    # Data Center 9 has no signatures, so a secret is passed over there.
    signs = call.site.face.name == "cloud"
    return {
        "filter": (sent.get("filters") or {}).get(FILTER) or "",
        "secret": (sent.get("secret") or "") if signs else "",
        "exclude_body": bool(sent.get("excludeBody")),
        "enabled": sent.get("enabled", True),
    }


def _modern_settings(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Read configuration alone: a secret or filters at the top are passed over without a word (JRASERVER-78733)."""
    configuration = sent.get("configuration") or {}
    return {
        "filter": configuration.get("FILTERS") or "",
        "secret": configuration.get("SECRET") or "",
        "exclude_body": str(configuration.get("EXCLUDE_BODY")).lower() == "true",
        "enabled": sent.get("active", True),
    }


def _shown(call: Call, webhook: Webhook) -> dict[str, Any]:
    """Write a webhook; its secret is never told again."""
    shown: dict[str, Any] = {"name": webhook.name, "url": webhook.url, "events": list(webhook.events)}
    if _modern(call):
        configuration = {"EXCLUDE_BODY": str(webhook.exclude_body).lower(), "FILTERS": webhook.filter}
        shown |= {"id": webhook.id, "active": webhook.enabled, "scopeType": "global", "configuration": configuration}
        return shown
    own = f"{call.site.base_url}/rest/webhooks/1.0/webhook/{webhook.id}"
    return {
        **shown,
        "self": own,
        "filters": {FILTER: webhook.filter},
        "excludeBody": webhook.exclude_body,
        "enabled": webhook.enabled,
        "isSigned": bool(webhook.secret),
        "lastUpdatedUser": webhook.by.id,
        "lastUpdated": int(webhook.updated.timestamp() * 1000),
    }
