"""What a person lets an app do, and the refresh tokens by which the app goes on doing it."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.simulator.people import App, Person

#: An old refresh token works once more for so long, for an app that never got the answer with the new one.
LEEWAY = timedelta(minutes=10)
#: A refresh token nobody uses runs out.
IDLE = timedelta(days=90)


@dataclass
class Grant:
    """One account's consent to one app; consenting again adds sites and scopes to it."""

    app: App
    person: Person
    scopes: set[str]
    #: The cloudIds of the sites it reaches.
    sites: set[str]
    revoked: bool = False


@dataclass
class Family:
    """The refresh tokens that follow from one consent: each use replaces the token, and reuse kills them all."""

    grant: Grant
    used: datetime
    current: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    #: Replaced tokens, each with the time of it.
    spent: dict[str, datetime] = field(default_factory=dict, repr=False)
    #: Replaced tokens that were used once more within the leeway.
    reused: set[str] = field(default_factory=set, repr=False)
    dead: bool = False

    def knows(self, token: str) -> bool:
        """Say whether a token is or was one of the family."""
        return token == self.current or token in self.spent

    def rotate(self, token: str, now: datetime) -> bool:
        """Replace the family's token; False where the one given is no longer good, which ends the whole family."""
        replaced = self.spent.get(token)
        excused = replaced is not None and now - replaced <= LEEWAY and token not in self.reused
        good = token == self.current or excused
        if self.dead or self.grant.revoked or not good or now - self.used > IDLE:
            self.dead = True
            return False
        if excused:
            self.reused.add(token)
        self.spent[self.current] = self.used = now
        self.current = secrets.token_urlsafe(48)
        return True
