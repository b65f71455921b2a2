"""A model that says what a test wants, for the real droid: an OpenAI-compatible provider on this machine.

The droid takes models of one's own, https://docs.factory.ai/model-independence/byok, and asks for no login for them.
"""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

#: What JIRA_REACTOR_DROID_MODEL names it.
NAME = "custom:scripted"

#: A text to say, or a tool with its arguments to use.
Line = str | tuple[str, dict[str, Any]]


class Model:
    """Answers by a script: its line n comes after n answers in the conversation."""

    def __init__(self) -> None:
        self.script: list[Line] = []
        self.asked: list[list[dict[str, Any]]] = []

    def next(self, messages: list[dict[str, Any]]) -> Line:
        self.asked.append(messages)
        said = sum(message["role"] == "assistant" for message in messages)
        return self.script[min(said, len(self.script) - 1)]


@contextmanager
def model(home: Path) -> Iterator[Model]:
    """Serve a model, and let the droid whose home is `home` know it."""
    served = Model()

    class Provider(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for chunk in _chunks(served.next(messages)):
                self.wfile.write(f"data: {chunk}\n\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        _introduce(home, f"http://127.0.0.1:{server.server_port}/v1")
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _introduce(home: Path, url: str) -> None:
    known = {
        "model": "scripted",
        "displayName": "Scripted",
        "baseUrl": url,
        "apiKey": "none",
        "provider": "generic-chat-completion-api",
        "maxOutputTokens": 1000,
    }
    (home / ".factory").mkdir(parents=True)
    (home / ".factory" / "settings.json").write_text(json.dumps({"customModels": [known]}))


def _chunks(line: Line) -> Iterator[str]:
    """Write a line as https://platform.openai.com/docs/api-reference/chat-streaming tells."""
    if isinstance(line, str):
        yield _chunk({"role": "assistant", "content": line})
        yield _chunk({}, "stop")
    else:
        tool, arguments = line
        call = {"index": 0, "id": f"call_{uuid.uuid4().hex}", "type": "function"}
        function = {"name": tool, "arguments": json.dumps(arguments)}
        yield _chunk({"role": "assistant", "content": None, "tool_calls": [call | {"function": function}]})
        yield _chunk({}, "tool_calls")
    yield "[DONE]"


def _chunk(delta: dict[str, Any], end: str | None = None) -> str:
    usage = {"usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}} if end else {}
    choice = {"index": 0, "delta": delta, "finish_reason": end}
    told = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}
    return json.dumps(told | usage)
