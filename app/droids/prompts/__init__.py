"""What droids are instructed with: Jinja templates beside the handlers, and a project's own in their place."""

from app.droids.prompts.checking import check
from app.droids.prompts.templates import PromptError, Prompts

__all__ = ["PromptError", "Prompts", "check"]
