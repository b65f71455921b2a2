"""Webhooks in Jira's system settings, which an administrator may register over REST.

Cloud and Data Center before 10 know them at one path, Data Center since 10 at another and in another shape.
https://developer.atlassian.com/cloud/jira/platform/webhooks/
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from app.jira import reading
from app.jira.base import Jira
from app.jira.client import JiraClient, segment
from app.jira.values import AdminWebhook

_JQL = "issue-related-events-section"


def admin_webhooks(jira: Jira) -> "AdminWebhooks":
    """Return the registrations of a Jira, in the dialect that its version speaks."""
    server = jira.server()
    modern = server.deployment == "datacenter" and server.version[:1] >= (10,)
    return (ModernWebhooks if modern else ClassicWebhooks)(jira.client)


class AdminWebhooks(ABC):
    """The registrations in one Jira's system settings; every call needs Administer Jira."""

    path: ClassVar[str]

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def register(self, url: str, name: str, events: Sequence[str], *, jql: str, secret: str) -> str:
        """Register a webhook that signs its deliveries with `secret`, and return its id."""
        body = {"name": name, "url": url, "events": [*events]} | self._settings(jql, secret)
        return self._read(self._client.send("POST", self.path, body=body)).id

    def update(
        self, webhook_id: str, url: str, name: str, events: Sequence[str], *, jql: str, secret: str | None = None
    ) -> None:
        """Replace a registration and switch it on; without `secret` Jira is told nothing of it and keeps the old one.

        Whether every version keeps it is not documented, so give it wherever it is known.
        """
        body = {"name": name, "url": url, "events": [*events]} | self._settings(jql, secret)
        self._client.send("PUT", f"{self.path}/{segment(webhook_id)}", body=body, safe=True)

    def list(self) -> Sequence[AdminWebhook]:
        """Return every registration, whoever made it."""
        told = {"webhooks": self._client.send("GET", self.path)}
        return tuple(self._read(webhook) for webhook in reading.listing(told, "webhooks"))

    def remove(self, webhook_id: str) -> None:
        """Take a registration away."""
        self._client.send("DELETE", f"{self.path}/{segment(webhook_id)}")

    @abstractmethod
    def _settings(self, jql: str, secret: str | None) -> dict[str, Any]:
        """Say filter and secret as this dialect wants them."""

    @abstractmethod
    def _read(self, told: Any) -> AdminWebhook:
        """Read a registration as this dialect tells it."""


class ClassicWebhooks(AdminWebhooks):
    """Cloud, and Data Center before 10; the latter ignores the secret, so its deliveries come unsigned."""

    path = "/rest/webhooks/1.0/webhook"

    def _settings(self, jql: str, secret: str | None) -> dict[str, Any]:
        settings = {"filters": {_JQL: jql}, "excludeBody": False, "enabled": True}
        return settings if secret is None else settings | {"secret": secret}

    def _read(self, told: Any) -> AdminWebhook:
        # This path tells the id only as the end of the registration's own address.
        own = str(reading.mapping(told).get("self", ""))
        jql = (told.get("filters") or {}).get(_JQL) or ""
        return reading.admin_webhook(told, own.rpartition("/")[2], jql)


class ModernWebhooks(AdminWebhooks):
    """Data Center since 10, where secret and options are texts in `configuration`.

    It can filter by JQL too, but how the filter is written there is not documented, and a wrong one would silence the
    webhook. So it sends everything, and the deliveries of other projects are decided here.
    """

    path = "/rest/jira-webhook/1.0/webhooks"

    def _settings(self, jql: str, secret: str | None) -> dict[str, Any]:
        # A secret outside of configuration is ignored without a word (JRASERVER-78733).
        configuration = {"EXCLUDE_BODY": "false"} | ({} if secret is None else {"SECRET": secret})
        return {"active": True, "scopeType": "global", "configuration": configuration}

    def _read(self, told: Any) -> AdminWebhook:
        return reading.admin_webhook(told, str(reading.mapping(told).get("id") or ""), "")
