"""The clock by which tokens and webhooks run out, which tests may set forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus whatever it was set forward; issues and deliveries keep to real time.

    `skew` is how far the time that the site tells of itself is off.
    """

    def __init__(self) -> None:
        self.skew = timedelta()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Give the time that decides what has run out."""
        return datetime.now(UTC) + self._ahead

    def told(self) -> datetime:
        """Give the time the site says it is."""
        return datetime.now(UTC) + self.skew

    def forward(self, **span: float) -> None:
        """Let time pass, given in the words of timedelta, e.g. days=31."""
        self._ahead += timedelta(**span)
