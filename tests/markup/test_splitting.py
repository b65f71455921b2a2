import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup import split
from tests.markup.texts import ANSWER, markdown

NOTE = re.compile(r"\n\n\((\d+)/(\d+)\)\Z")


def shorter_than(length: int) -> Callable[[str], bool]:
    return lambda text: len(text) < length


def bodies(parts: list[str]) -> list[str]:
    return [NOTE.sub("", part) for part in parts]


def test_what_fits_stays_as_it_is() -> None:
    assert split(ANSWER, lambda text: True) == [ANSWER]
    assert split("", lambda text: True) == [""]


def test_parts_end_between_paragraphs() -> None:
    assert split("one one\n\ntwo\ntwo\n\nthree", shorter_than(20)) == [
        "one one\n\n(1/3)",
        "two\ntwo\n\n(2/3)",
        "three\n\n(3/3)",
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("one\ntwo three\nfour", ["one", "two three", "four"], id="lines"),
        pytest.param("one two three four", ["one two", "three four"], id="words"),
        pytest.param("abcdefghijklmnopqrst", ["abcdefghij", "klmnopqrst"], id="letters"),
        pytest.param("- one two\n- three\n- x", ["- one two", "- three", "- x"], id="list items"),
    ],
)
def test_smaller_borders_are_used_where_greater_ones_do_not_help(text: str, pieces: list[str]) -> None:
    assert bodies(split(text, shorter_than(18))) == pieces


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param("```python", "```", id="backticks"),
        pytest.param("~~~~python", "~~~~", id="tildes"),
        pytest.param("  ```", "  ```", id="indented"),
        pytest.param("> ```", "> ```", id="quoted"),
    ],
)
def test_a_code_block_that_is_cut_is_closed_and_opened_again(opening: str, closing: str) -> None:
    lines = [f"line {number}" for number in range(30)]
    parts = bodies(split("\n".join(["before", opening, *lines, closing, "after"]), shorter_than(120)))
    assert len(parts) > 2
    assert all(part.startswith(f"{opening}\n") and part.endswith(f"\n{closing}") for part in parts[1:-1])
    assert re.findall(r"line \d+", "\n".join(parts)) == lines
    assert parts[0].startswith("before")
    assert parts[-1].endswith("after")


def test_a_block_within_an_item_stays_indented() -> None:
    parts = bodies(split("- ```\n  " + "\n  ".join(["word"] * 20) + "\n  ```", shorter_than(60)))
    assert parts[0].endswith("\n  ```")
    assert all(part.startswith("  ```\n  word") for part in parts[1:])


def test_what_only_looks_like_a_fence_opens_nothing() -> None:
    parts = bodies(split("```not` code\n" + "word " * 20 + "\n```\n``` x\n" + "code " * 20, shorter_than(60)))
    assert "```" not in parts[1]
    assert parts[-1].startswith("```\n")


def test_an_endless_opening_line_is_cut_like_any_other() -> None:
    parts = bodies(split("```" + "x" * 200 + " title\ncode", shorter_than(60)))
    assert "".join(parts).count("x") == 200
    assert parts[0].endswith("\n```")


def test_only_the_language_is_repeated() -> None:
    parts = bodies(split("``` python title\n" + "code " * 20 + "\n```", shorter_than(60)))
    assert [part.split("\n")[0] for part in parts] == ["``` python title", *["```python"] * (len(parts) - 1)]


def test_numbers_of_any_width_fit() -> None:
    parts = split("word " * 300, shorter_than(22))
    assert len(parts) > 100
    assert all(len(part) < 22 for part in parts)
    assert parts[-1].endswith(f"({len(parts)}/{len(parts)})")


@pytest.mark.parametrize("piece", ["a", "a ", "a\n", "\n\na", "```\na\n"])
def test_a_very_long_answer_is_cut_into_few_parts(piece: str) -> None:
    parts = split(piece * (100_000 // len(piece)), shorter_than(30_000))
    assert len(parts) in (3, 4)
    assert sum(part.count("a") for part in parts) == 100_000 // len(piece)


@given(text=markdown, length=st.integers(60, 200))
def test_nothing_is_lost_and_every_part_fits(text: str, length: int) -> None:
    parts = split(text, shorter_than(length))
    assert all(len(part) < length for part in parts)
    kept = "".join("".join(bodies(parts)).split()) if len(parts) > 1 else "".join(parts[0].split())
    left = iter(kept)
    assert all(letter in left for letter in "".join(text.split()))


def test_a_bound_that_nothing_meets_is_refused() -> None:
    with pytest.raises(ValueError, match="one letter"):
        split("word", lambda text: False)
