"""Where remote droids tell how their tasks go."""

from flask import Blueprint, Response, request

from app.droids.http.wire import CALLBACK_PATH
from app.receiving.callbacks import CallbackReceiver


def blueprint(receiver: CallbackReceiver) -> Blueprint:
    """Make the view that hands callbacks to a receiver."""
    droids = Blueprint("droids", __name__)

    @droids.post(CALLBACK_PATH)
    def callback() -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        new = receiver.receive(headers, request.get_data(cache=False))
        return Response(status=202 if new else 200)

    return droids
