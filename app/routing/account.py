"""Which of the accounts an event speaks of is the droid's own."""

from app.events.event import User

#: Why nothing can be said of the droid where no connection and nobody else tells which account it has.
UNKNOWN = "which account is the droid is unknown without a connection (name it with --account)"


def is_droid(user: User | None, droid: User | None) -> bool:
    """Tell whether this user is the droid, by id or by login name."""
    return same(user, droid)


def same(user: User | None, other: User | None) -> bool:
    """Tell whether two users are one, by id or by login name."""
    return user is not None and other is not None and (user.id == other.id or names_droid(user.username, other))


def names_droid(text: str | None, droid: User) -> bool:
    """Tell whether a text is the droid's id or login name, as mentions and changelogs write them."""
    return text is not None and text != "" and (text == droid.id or text.casefold() == droid.username.casefold())
