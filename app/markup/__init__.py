"""Texts between a droid and Jira: Markdown into ADF or wiki markup, and either of them back into Markdown."""

from app.markup.reading import to_markdown
from app.markup.splitting import split
from app.markup.writing_adf import to_adf
from app.markup.writing_wiki import to_wiki

__all__ = ["split", "to_adf", "to_markdown", "to_wiki"]
