"""Where Jira's webhooks arrive."""

from flask import Blueprint, Response, request

from app.receiving.receive import Receiver


def blueprint(receiver: Receiver) -> Blueprint:
    """Make the views that hand deliveries to a receiver."""
    hooks = Blueprint("hooks", __name__)

    @hooks.post("/webhooks/jira/<connection>")
    def jira(connection: str) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        receipt = receiver.receive(connection, headers, request.get_data(cache=False))
        return Response(status=202 if receipt.new else 200)

    return hooks
