"""What Jira Data Center serves: https://developer.atlassian.com/server/jira/platform/rest/."""

from flask import Blueprint

from app.simulator.faces import Face
from app.simulator.resources import search, server
from app.simulator.serving import Route, blueprint
from app.simulator.shared import ADMIN_WEBHOOKS, ROUTES

#: The second is another name for the first.
VERSIONS = ("2", "latest")
#: Only Data Center still has these.
OWN: list[Route] = [
    ("GET", "/search", search.paged),
    ("POST", "/search", search.paged),
]


def blueprints(face: Face) -> list[Blueprint]:
    """Make everything Data Center serves; the address of webhooks changed with 10.0 (JRASERVER-78733)."""
    webhooks = "/rest/jira-webhook/1.0/webhooks" if face.major >= 10 else "/rest/webhooks/1.0/webhook"
    return [
        *(blueprint(version, f"/rest/api/{version}", [*ROUTES, *OWN], anonymous=[server.info]) for version in VERSIONS),
        blueprint("webhooks", webhooks, ADMIN_WEBHOOKS),
    ]
