"""What a delivery is called, and what makes two of them the same one."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from app.events.fields import storable


def delivery_key(headers: Mapping[str, str], envelope: Any, body: bytes) -> str:
    """Name a delivery by the identifier Jira keeps across its retries, or else by what it tells.

    Data Center sends no identifier; there the event, its issue, comment and changelog ids and its time make the key. A
    body without any of these is named by all its bytes.
    """
    identifier = headers.get("x-atlassian-webhook-identifier", "").strip()
    if identifier:
        return f"id:{identifier[:500]}"
    if isinstance(envelope, dict):
        parts = [envelope.get("webhookEvent"), envelope.get("timestamp")]
        parts += [_id(envelope.get(name)) for name in ("issue", "comment", "changelog", "worklog", "user")]
        if None not in parts[:2] and any(parts[2:]):
            # Which event an issue update stands for is part of it: Data Center tells several in one millisecond.
            parts.append(envelope.get("issue_event_type_name"))
            return f"digest:{sha256(repr(parts).encode()).hexdigest()}"
    return f"body:{sha256(body).hexdigest()}"


def event_name(envelope: Any) -> str:
    """Read the event's name as people look for it in the inbox; empty where the body tells none."""
    name = envelope.get("webhookEvent") if isinstance(envelope, dict) else None
    return storable(name[:200]) if isinstance(name, str) else ""


def _id(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((str(value[name]) for name in ("id", "accountId", "key", "name") if value.get(name)), None)
