"""What came back over HTTP, read without trusting its size, its speed or its type."""

import html
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from requests import Response

from app.jira.errors import JiraBroken

#: Bytes; the largest issues with hundreds of comments stay far below.
MOST_BYTES = 32 * 1024 * 1024
#: Seconds for the whole body, since the read timeout only bounds the silence between two pieces.
MOST_SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `request` says in words what it answers, for error messages."""

    request: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_html(self) -> bool:
        """Tell whether a web page came where JSON should."""
        return "html" in self.headers.get("Content-Type", "") or self.body.lstrip()[:1] == b"<"

    def json(self) -> Any:
        """Decode the body; None where there is none. Raise ValueError where it is no JSON."""
        return json.loads(self.body) if self.body.strip() else None

    def title(self) -> str:
        """Return the title of a web page, for people to recognise what answered."""
        found = re.search(rb"<title[^>]*>(.{0,200}?)</title", self.body[:65536], re.I | re.S)
        return " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""


def read(response: Response, request: str) -> Answer:
    """Read a streamed response to its end; raise JiraBroken where it is too long or too slow."""
    deadline = time.monotonic() + MOST_SECONDS
    body = bytearray()
    with response:
        for piece in response.iter_content(64 * 1024):
            body += piece
            if len(body) > MOST_BYTES or time.monotonic() > deadline:
                raise JiraBroken(
                    f"The answer to {request} went over {MOST_BYTES} bytes or {MOST_SECONDS:.0f} seconds.",
                    "Look at what stands between us and Jira; ask for less where that is possible.",
                    status=response.status_code,
                )
    # Some gateways quote the request they refuse, and what they say ends up in messages and logs.
    secret = response.request.headers.get("Authorization", "").rpartition(" ")[2].encode()
    return Answer(
        request, response.status_code, response.headers, bytes(body).replace(secret, b"***") if secret else bytes(body)
    )
