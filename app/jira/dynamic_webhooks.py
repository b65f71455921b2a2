"""Webhooks that an OAuth app registers for itself on Cloud, which live 30 days unless refreshed.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from app.jira import paging, reading
from app.jira.base import Jira
from app.jira.client import JiraClient
from app.jira.errors import Invalid, JiraBroken, JiraError, LimitReached
from app.jira.moments import milliseconds
from app.jira.values import DynamicWebhook

#: Jira does not document the words in which it refuses one too many.
_TOO_MANY = re.compile(r"\b(limit|maximum|max|exceed\w*|too many)\b", re.IGNORECASE)


def dynamic_webhooks(jira: Jira) -> "DynamicWebhooks":
    """Return the registrations of the OAuth app that a Jira was connected with."""
    return DynamicWebhooks(jira.client, f"{jira.api}/webhook")


class DynamicWebhooks:
    """The registrations of one app and user on one site; Jira refuses every call that no app makes."""

    def __init__(self, client: JiraClient, path: str) -> None:
        self._client = client
        self._path = path

    def register(self, url: str, events: Sequence[str], jql: str) -> str:
        """Register a webhook and return its id; all of an app on a site must have the same URL.

        Raise LimitReached where the app's five on this site are used up, Invalid for whatever else Jira complains of.
        """
        body = {"url": url, "webhooks": [{"events": [*events], "jqlFilter": jql}]}
        told = self._client.send("POST", self._path, body=body)
        # Jira answers 200 whatever became of it.
        result = next(map(reading.mapping, reading.listing(told, "webhookRegistrationResult")), {})
        if errors := result.get("errors"):
            raise _refused(errors if isinstance(errors, list) else [errors], jql)
        if not isinstance(made := result.get("createdWebhookId"), int):
            raise JiraBroken(
                "Jira says neither that it registered the webhook nor why not.", "Look with `webhooks list`."
            )
        return str(made)

    def list(self) -> Sequence[DynamicWebhook]:
        """Return the registrations of this app."""

        def page(start: int) -> Any:
            return self._client.send("GET", self._path, query={"startAt": start, "maxResults": paging.PAGE})

        return tuple(reading.dynamic_webhook(told) for found in paging.by_offset(page, "values") for told in found)

    def refresh(self, webhook_ids: Collection[str]) -> int:
        """Let registrations live another 30 days and return until when, in milliseconds; unknown ids are ignored."""
        told = self._client.send("PUT", f"{self._path}/refresh", body=_ids(webhook_ids), safe=True)
        expires = milliseconds(reading.mapping(told).get("expirationDate"))
        if expires is None:
            raise JiraBroken("Jira does not say until when the webhooks live now.", "Look with `webhooks list`.")
        return expires

    def remove(self, webhook_ids: Collection[str]) -> None:
        """Take registrations away; unknown ids are ignored."""
        self._client.send("DELETE", self._path, body=_ids(webhook_ids), safe=True)


def _ids(webhook_ids: Collection[str]) -> dict[str, Any]:
    return {"webhookIds": [int(webhook_id) for webhook_id in webhook_ids]}


def _refused(errors: Sequence[object], jql: str) -> JiraError:
    told = " ".join(str(error) for error in errors)
    if _TOO_MANY.search(told):
        return LimitReached(
            f"Jira registered no webhook: {told}",
            "An app may have 5 per user and site. Look with `jira-reactor webhooks list`, remove those of older"
            " installs, and let one webhook name all projects.",
            sent=False,
        )
    return Invalid(
        f"Jira registered no webhook: {told} The filter was: {jql}",
        "Dynamic webhooks take only a part of JQL; `project IN (...)` is in it.",
        sent=False,
    )
