"""The worlds with whose Jira the kit's bodies are compared."""

from tests.reacting.conftest import here

__all__ = ["here"]
