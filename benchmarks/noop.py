"""What the receiver is measured against: a Flask route that reads the request and does nothing."""

from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/noop")
def noop() -> Response:
    request.get_data()
    return Response(status=202)
