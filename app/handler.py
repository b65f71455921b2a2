"""The only door for handler files: what a handler file imports."""

from app.reacting.context import Context
from app.routing.router import Router

__all__ = ["Context", "Router"]
