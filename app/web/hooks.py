"""Where Jira's webhooks arrive."""

from flask import Blueprint, Response, request

from app.receiving.receive import HEADERS, Receiver

#: Where WSGI keeps a header: https://peps.python.org/pep-3333/#environ-variables
_PLACES = {f"HTTP_{name.upper().replace('-', '_')}".replace("HTTP_CONTENT", "CONTENT"): name for name in HEADERS}


def blueprint(receiver: Receiver) -> Blueprint:
    """Make the views that hand deliveries to a receiver."""
    hooks = Blueprint("hooks", __name__)

    @hooks.post("/webhooks/jira/<connection>")
    def jira(connection: str) -> Response:
        # Named once: each mention of `request.environ` is a search for the request of this context.
        environ = request.environ
        headers = {name: environ[place] for place, name in _PLACES.items() if place in environ}
        receipt = receiver.receive(connection, headers, request.get_data(cache=False))
        return Response(status=202 if receipt.new else 200)

    return hooks
