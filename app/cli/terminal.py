"""How texts of strangers are shown in an admin's terminal."""


def plain(text: str) -> str:
    """Replace what could steer the reader's terminal: payloads are written by strangers."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
