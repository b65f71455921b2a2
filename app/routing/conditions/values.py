"""How the values of conditions are checked when a handler file is loaded, and compared when an event comes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.routing.errors import RouteError
from app.routing.wording import listed

#: https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html
PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Names:
    """Names of which any will do, compared without regard to case and shown as they were written."""

    shown: tuple[str, ...]
    folded: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", frozenset(name.casefold() for name in self.shown))

    def __contains__(self, name: str | None) -> bool:
        return name is not None and name.casefold() in self.folded

    def __str__(self) -> str:
        return listed(self.shown)

    def any_of(self, names: Iterable[str]) -> bool:
        """Tell whether one of these names is among ours."""
        return any(name.casefold() in self.folded for name in names)


@dataclass(frozen=True)
class Labels(Names):
    """Labels of which any will do; one that ends in * stands for every label that begins so."""

    def __contains__(self, name: str | None) -> bool:
        folded = (name or "").casefold()
        return folded in self.folded or any(folded.startswith(each[:-1]) for each in self.folded if each[-1] == "*")

    def any_of(self, names: Iterable[str]) -> bool:
        """Tell whether one of these labels is among ours."""
        return any(name in self for name in names)


def texts(name: str, value: object) -> tuple[str, ...]:
    """Check that a condition was given one text or several."""
    given = (value,) if isinstance(value, str) else value
    if isinstance(given, tuple | list) and given and all(isinstance(text, str) and text.strip() for text in given):
        return tuple(given)
    raise RouteError(f"{name}={value!r} is not a text.", f'Write {name}="..." or, for any of several, a list of texts.')


def names(name: str, value: object) -> Names:
    """Check names that are compared without regard to case."""
    return Names(texts(name, value))


def single_words(name: str, value: object) -> Names:
    """Check names that Jira, or the reader of a comment, takes as one word each."""
    checked = names(name, value)
    for word in checked.shown:
        if len(word.split()) != 1:
            raise RouteError(f"{name}={word!r} is more than one word.", "Give one word, or a list of words.")
    return checked


def labels(name: str, value: object) -> Labels:
    """Check labels, each of which may end in * and hold it nowhere else."""
    checked = Labels(single_words(name, value).shown)
    for label in checked.shown:
        if label == "*":
            raise RouteError(f'{name}="*" is no label.', 'For any change of labels, write field="labels".')
        if "*" in label[:-1]:
            cure = f'Write the whole label, or its beginning and a *: {name}="droid:*".'
            raise RouteError(f"{name}={label!r} has a * that does not end it.", cure)
    return checked


def project_keys(value: object) -> tuple[str, ...]:
    """Check that every text has the shape of a project key."""
    keys = texts("project", value)
    for key in keys:
        if not PROJECT_KEY.fullmatch(key):
            upper = key.strip().upper()
            cure = (
                f"Did you mean {upper}?"
                if PROJECT_KEY.fullmatch(upper)
                else "Give the key, as in OPS-12, not the name."
            )
            raise RouteError(f"project={key!r} is not a project key.", cure)
    return keys


def only_true(name: str, value: object) -> None:
    """Check a condition that is either asked for or left out."""
    if value is not True:
        raise RouteError(f"{name}={value!r} means nothing.", f"Write {name}=True, or leave it out.")
