"""Proof that a connection works, by using it."""

from app.connecting.verify.step import Outcome, Step
from app.connecting.verify.verifying import PATIENCE_SECONDS, verify

__all__ = ["PATIENCE_SECONDS", "Outcome", "Step", "verify"]
