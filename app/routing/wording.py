"""How several things are named in one sentence."""

from collections.abc import Sequence


def listed(texts: Sequence[str], word: str = "or") -> str:
    """Join texts as people do: "A, B or C"."""
    return f" {word} ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
