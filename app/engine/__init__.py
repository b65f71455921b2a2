"""Durable execution: the little of it that we need, and dbos behind it."""

from app.engine.engine import Engine, Schedule
from app.engine.patience import Patience

__all__ = ["Engine", "Patience", "Schedule"]
