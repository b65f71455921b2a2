"""Why a request is not kept as a delivery or a callback, and the HTTP status that says so.

Jira sends again only after 408, 409, 425, 429 and 5xx, so a 4xx here is for what must never come back:
https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from app.errors import ReactorError


class Refusal(ReactorError):
    """A request that must not be kept; `status` is the HTTP status of the answer."""

    status = 400
    title = "Bad request"


class NotJson(Refusal):
    """The body is not JSON."""

    title = "The body is not JSON"


class BadSignature(Refusal):
    """The request does not prove that it comes from whoever shares the secret."""

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


class WrongBody(Refusal):
    """The body is not what a remote droid may say."""

    title = "The body cannot be read"


class UnknownTask(Refusal):
    """Nobody gave a remote droid this task."""

    status = 404
    title = "There is no such task"


class UsedId(Refusal):
    """The webhook-id belongs to another message."""

    status = 409
    title = "The webhook-id was used before"


class TaskOver(Refusal):
    """Nobody waits for this task any more."""

    status = 410
    title = "The task is over"
