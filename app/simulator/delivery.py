"""One webhook delivery, how each attempt at it is signed, and what became of it."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import jwt

from app.simulator.people import App

#: Seconds a bearer token of a dynamic webhook is good for.
TOKEN_LIFE = 180


@dataclass(frozen=True)
class Attempt:
    """One try: the status that came back, or 0 and what went wrong."""

    at: datetime
    status: int
    error: str = ""


@dataclass
class Delivery:
    """A body on its way to one URL, with every attempt made."""

    webhook_id: int
    url: str
    event: str
    issue: str
    body: bytes
    user_agent: str
    #: The same on every retry; empty on Data Center, which promises none.
    identifier: str = ""
    secret: str = field(default="", repr=False)
    app: App | None = None
    #: The accountId of who did it.
    actor: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    state: Literal["pending", "delivered", "failed", "lost"] = "pending"

    def headers(self) -> dict[str, str]:
        """Write the headers of the next attempt: a signature of the raw body, or a token that lives a short while."""
        headers = {"User-Agent": self.user_agent, "Content-Type": "application/json; charset=UTF-8"}
        if self.identifier:
            headers |= {"X-Atlassian-Webhook-Identifier": self.identifier, "X-Atlassian-Webhook-Flow": "Primary"}
            if self.attempts:
                headers["X-Atlassian-Webhook-Retry"] = str(len(self.attempts))
        if self.secret:
            headers["X-Hub-Signature"] = sign(self.body, self.secret)
        if self.app:
            headers["Authorization"] = f"Bearer {token(self.app, self.actor)}"
        return headers

    def json(self) -> dict[str, Any]:
        """Write what became of it for the page of deliveries."""
        tries = [{"at": a.at.isoformat(), "status": a.status, "error": a.error} for a in self.attempts]
        shown = {"identifier": self.identifier, "webhook": self.webhook_id, "event": self.event, "issue": self.issue}
        return {**shown, "url": self.url, "state": self.state, "attempts": tries}


def new_identifier() -> str:
    """Make an identifier unique in the site."""
    return str(uuid.uuid4())


def sign(body: bytes, secret: str) -> str:
    """Sign a body as WebSub does: the method, then HMAC-SHA256 over the raw bytes."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def token(app: App, actor: str) -> str:
    """Make the token of a dynamic delivery; it covers neither body nor URL."""
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": app.client_id, "sub": actor, "iat": now, "exp": now + TOKEN_LIFE, "jti": str(uuid.uuid4())}
    return jwt.encode({**claims, "context": {}}, app.client_secret, algorithm="HS256")
