"""The worlds in which the handlers that ship react."""

from tests.reacting.conftest import here

__all__ = ["here"]
