"""Everything that can keep the installation from working, looked at one by one."""

from app.connecting.doctor.check import Check, Outcome
from app.connecting.doctor.connected import Compare, Finding
from app.connecting.doctor.examining import examine

__all__ = ["Check", "Compare", "Finding", "Outcome", "examine"]
