"""How long a connection's credentials live, as far as anybody knows."""

from dataclasses import dataclass
from typing import Literal

from app.storage.connections import Connection

DAY = 24 * 60 * 60 * 1000
#: Days before the end at which an admin is warned.
THRESHOLDS = (30, 14, 7, 1)
#: No API token lives longer, and no consent to an OAuth app lasts longer.
#: https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
_LONGEST = 365 * DAY

Basis = Literal["declared", "estimated", "unknown", "renewed"]


@dataclass(frozen=True)
class Lifetime:
    """Age and end of credentials, and how we know the end.

    It is declared by the admin, estimated as the longest there is, unknown, or does not matter because the credentials
    are renewed for ever. `days_left` is negative once they have ended.
    """

    basis: Basis
    age_days: int | None = None
    ends_at: int | None = None
    days_left: int | None = None

    @property
    def ended(self) -> bool:
        """Tell whether they have ended."""
        return self.days_left is not None and self.days_left < 0

    @property
    def threshold(self) -> int | None:
        """The smallest threshold that the days left have come down to."""
        return min((days for days in THRESHOLDS if self.days_left is not None and self.days_left <= days), default=None)


def lifetime(connection: Connection, now: int) -> Lifetime:
    """Tell how old a connection's credentials are and when they end, at a time in milliseconds."""
    made = connection.token_created_at
    age = None if made is None else (now - made) // DAY
    basis, ends = _end(connection)
    return Lifetime(basis, age, ends, None if ends is None else (ends - now) // DAY)


def _end(connection: Connection) -> tuple[Basis, int | None]:
    if connection.auth == "client_credentials":
        return "renewed", None
    # What is stored as the end of an OAuth connection is that of an access token, which renews itself every hour.
    if connection.auth != "oauth" and connection.token_expires_at:
        return "declared", connection.token_expires_at
    if connection.auth == "personal_access_token" or connection.token_created_at is None:
        return "unknown", None
    return "estimated", connection.token_created_at + _LONGEST


def words(life: Lifetime) -> str:
    """Say a lifetime in words."""
    age = "" if life.age_days is None else f"{life.age_days} days old, "
    if life.basis == "renewed":
        return f"{age}renewed by itself"
    if life.days_left is None:
        return f"{age}no known end"
    why = "declared" if life.basis == "declared" else "estimated, as none lives longer than 365 days"
    return f"{age}{'has ended' if life.ended else f'{life.days_left} days left'} ({why})"
