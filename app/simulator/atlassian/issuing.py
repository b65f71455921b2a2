"""Issues and renews tokens, and says whose an access token is."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.simulator.atlassian.grants import Family, Grant
from app.simulator.atlassian.refusing import not_granted, turned_away
from app.simulator.clock import Clock
from app.simulator.people import App

ACCESS_LIFE = timedelta(hours=1)
CODE_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gives; no `refresh` without offline_access, nor for client credentials."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: frozenset[str]

    def json(self) -> dict[str, object]:
        """Write the answer of the token endpoint."""
        told: dict[str, object] = {
            "access_token": self.access,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(sorted(self.scopes)),
        }
        return {**told, "refresh_token": self.refresh} if self.refresh else told


@dataclass(frozen=True)
class Code:
    """An authorization code: good once, for a short while, with the redirect it was sent to."""

    grant: Grant
    redirect_uri: str
    refreshable: bool
    expires: datetime


class Issuer:
    """Remembers every code and token it gave out, by the clock it is given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._access: dict[str, tuple[Grant, datetime]] = {}
        self._families: list[Family] = []

    def code(self, grant: Grant, redirect_uri: str, *, refreshable: bool) -> str:
        """Give a code for a consent just given."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(grant, redirect_uri, refreshable, self._clock.now() + CODE_LIFE)
        return code

    def exchange(self, app: App, code: str, redirect_uri: str) -> Tokens:
        """Give tokens for a code, which is used up whatever comes of it."""
        with self._lock:
            known = self._codes.pop(code, None)
        if known is None or known.grant.app is not app or known.expires < self._clock.now():
            raise not_granted("invalid_grant", "authorization_code is invalid", status=403)
        if known.redirect_uri != redirect_uri:
            raise not_granted("invalid_grant", "redirect_uri does not match", status=403)
        return self.begin(known.grant, refreshable=known.refreshable)

    def begin(self, grant: Grant, *, refreshable: bool) -> Tokens:
        """Give the first tokens that follow from a consent."""
        with self._lock:
            if not refreshable:
                return self._tokens(grant, "")
            family = Family(grant, self._clock.now())
            self._families.append(family)
            return self._tokens(grant, family.current)

    def refresh(self, app: App, token: str) -> Tokens:
        """Give new tokens for a refresh token, which the new one replaces."""
        with self._lock:
            family = next((f for f in self._families if f.grant.app is app and f.knows(token)), None)
            if family is None or not family.rotate(token, self._clock.now()):
                raise not_granted("unauthorized_client", "refresh_token is invalid", status=403)
            return self._tokens(family.grant, family.current)

    def bearer(self, token: str) -> Grant:
        """Say whose access token it is; raises Refused where it is unknown, revoked or has run out."""
        grant, expires = self._access.get(token, (None, self._clock.now()))
        if grant is None or grant.revoked or expires <= self._clock.now():
            raise turned_away()
        return grant

    def expire_access(self) -> None:
        """Let every access token run out now; refresh tokens stay good."""
        with self._lock:
            self._access.clear()

    def _tokens(self, grant: Grant, refresh: str) -> Tokens:
        access = secrets.token_urlsafe(48)
        self._access[access] = grant, self._clock.now() + ACCESS_LIFE
        return Tokens(access, refresh, frozenset(grant.scopes))
