"""Why a request does not become a delivery, and the HTTP status that says so.

Jira sends again only after 408, 409, 425, 429 and 5xx, so a 4xx here is for what must never come back:
https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from app.errors import ReactorError


class Refusal(ReactorError):
    """A request that must not become a delivery; `status` is the HTTP status of the answer."""

    status = 400
    title = "Bad request"


class NotJson(Refusal):
    """The body is not JSON."""

    title = "The body is not JSON"


class BadSignature(Refusal):
    """The request does not prove that it comes from the connection's Jira."""

    status = 401
    title = "The signature does not verify"


class UnknownConnection(Refusal):
    """Nobody made a connection with this id."""

    status = 404
    title = "There is no such connection"


class WrongType(Refusal):
    """The content type is not JSON's."""

    status = 415
    title = "The content type is not application/json"
