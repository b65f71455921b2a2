"""Registrations on Jira's side, what makes Jira push to us, and the search for what it did not push."""

from app.webhooks.scheduling import schedules

__all__ = ["schedules"]
