"""A Jira that runs here: for the demo, the documentation, and everybody's tests."""

from app.simulator.server import Running, start
from app.simulator.workflow import GATED, SIMPLIFIED

__all__ = ["GATED", "SIMPLIFIED", "Running", "start"]
