"""Durable execution: the little of it that we need, and dbos behind it."""

from app.engine.engine import Engine
from app.engine.patience import Patience

__all__ = ["Engine", "Patience"]
