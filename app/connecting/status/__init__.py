"""Whether connections work: Connected, Degraded or Reconnect needed, and why."""

from app.connecting.status.asking import ask, asked_status
from app.connecting.status.reminding import remind
from app.connecting.status.stored import stored_status
from app.connecting.status.values import ConnectionStatus, Problem, State, Status

__all__ = ["ConnectionStatus", "Problem", "State", "Status", "ask", "asked_status", "remind", "stored_status"]
