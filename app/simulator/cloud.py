"""What Jira Cloud serves: https://developer.atlassian.com/cloud/jira/platform/rest/v3/."""

from flask import Blueprint

from app.simulator.atlassian.consent import consent
from app.simulator.atlassian.tokens import tokens
from app.simulator.resources import changelogs, comments, dynamic_webhooks, projects, search, server
from app.simulator.serving import Route, blueprint
from app.simulator.shared import ADMIN_WEBHOOKS, ROUTES

#: On the real Cloud the second means version 2, which differs in texts alone.
VERSIONS = ("3", "latest")
#: Only Cloud has these.
OWN: list[Route] = [
    ("GET", "/issue/<key>/changelog", changelogs.of_issue),
    ("POST", "/changelog/bulkfetch", changelogs.of_many),
    ("POST", "/comment/list", comments.list_by_id),
    ("GET", "/project/search", projects.search),
    ("POST", "/permissions/check", projects.check),
    ("GET", "/search/jql", search.enhanced),
    ("POST", "/search/jql", search.enhanced),
    ("POST", "/webhook", dynamic_webhooks.register),
    ("GET", "/webhook", dynamic_webhooks.list_all),
    ("PUT", "/webhook/refresh", dynamic_webhooks.refresh),
    ("DELETE", "/webhook", dynamic_webhooks.delete),
]


def blueprints() -> list[Blueprint]:
    """Make everything Cloud serves."""
    return [
        *(blueprint(version, f"/rest/api/{version}", [*ROUTES, *OWN], anonymous=[server.info]) for version in VERSIONS),
        blueprint("webhooks", "/rest/webhooks/1.0/webhook", ADMIN_WEBHOOKS),
        tokens,
        consent,
        blueprint("edge", "/_edge", [("GET", "/tenant_info", server.tenant)], anonymous=[server.tenant]),
    ]
