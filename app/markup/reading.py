"""Turn what Jira holds, in whichever form it came, into Markdown."""

from collections.abc import Mapping

from app.markup.reading_adf import adf_to_markdown
from app.markup.reading_wiki import wiki_to_markdown


def to_markdown(body: object) -> str:
    """Return a text of Jira (wiki markup, an ADF document, or None) as Markdown; never raises, whatever it is given.

    Mentions read `[~accountid:ID]` or `[~name]`, as Jira itself writes them. What is neither of the three forms
    comes out as the plain texts found in it, because a payload's shape is the sender's choice and not an error of ours.
    """
    if isinstance(body, str):
        return wiki_to_markdown(body)
    if isinstance(body, Mapping) and body.get("type") == "doc":
        try:
            return adf_to_markdown(body)
        except RecursionError:
            # Nested deeper than Python follows: no reader would see that shape, but the words can still be had.
            return _plain(body)
    return _plain(body)


def _plain(value: object) -> str:
    """Return the texts within any JSON value, in order, one a line."""
    texts: list[str] = []
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            text = found.get("text")
            waiting += [found.get("content"), text if isinstance(text, str) else None]
        elif isinstance(found, (list, tuple)):
            waiting += reversed(found)
        elif found is not None:
            texts.append(str(found))
    return "\n".join(texts)
