"""How auth.atlassian.com and the gateway say no, which is not how Jira says it."""

from app.simulator.refused import Refused


def not_granted(error: str, description: str, *, status: int) -> Refused:
    """Refuse as the authorization server does, with an error code of OAuth 2.0."""
    return Refused(description, status=status, told={"error": error, "error_description": description})


def turned_away(message: str = "Unauthorized", *, status: int = 401) -> Refused:
    """Refuse as the gateway does, before any site has heard of the request."""
    return Refused(message, status=status, told={"code": status, "message": message})
