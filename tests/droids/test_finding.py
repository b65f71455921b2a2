from collections.abc import Callable

import pytest

from app.droids.finding import Finder, find, find_figure, find_text, path, pattern

EVENTS = [{"type": "a", "n": 1}, {"type": "b", "n": 2}, {"type": "a", "n": 3}, 7]


@pytest.mark.parametrize(
    ("finder", "value", "found"),
    [
        pytest.param(path("[?type=='a'] | [-1].n"), EVENTS, 3, id="path"),
        pytest.param(path("after(@, 'b')[].n"), EVENTS, [3], id="after-the-last"),
        pytest.param(path("after(@, 'a')"), EVENTS, [7], id="after-the-last-of-several"),
        pytest.param(path("after(@, 'c')"), EVENTS, EVENTS, id="after-none"),
        pytest.param(path("after(@, 'c')"), {"type": "c"}, None, id="after-in-no-list"),
        pytest.param(path("join('', n)"), {"n": 7}, None, id="value-of-another-kind"),
        pytest.param(path("sum(n)"), {"n": [10**400, 0.5]}, None, id="number-too-large"),
        pytest.param(pattern("n: (.)(.)"), "n: 12", "1", id="first-group"),
        pytest.param(pattern("n: .."), "n: 12", "n: 12", id="no-group"),
        pytest.param(pattern("n: (x)?"), "n: 12", None, id="group-that-is-not-there"),
        pytest.param(pattern("x"), "n: 12", None, id="no-match"),
        pytest.param(pattern("x"), None, None, id="pattern-over-no-text"),
        pytest.param(None, EVENTS, None, id="nothing-to-find-it-with"),
    ],
)
def test_a_value_is_found_or_there_is_none(finder: Finder | None, value: object, found: object):
    assert find(finder, value) == found


def test_only_text_counts_as_text():
    assert (find_text(path("a"), {"a": "x"}), find_text(path("a"), {"a": 7}), find_text(None, {})) == ("x", "", "")


def test_a_figure_may_be_written_out():
    assert find_figure(pattern(r"(\S+) tokens"), "1.5 tokens") == 1.5
    assert find_figure(pattern(r"(\S+) tokens"), "1.5k tokens") is None
    assert find_figure(path("n"), {"n": 2}) == 2


@pytest.mark.parametrize(
    ("compile_one", "expression", "problem"),
    [
        pytest.param(path, "[?", "is no JMESPath expression", id="path"),
        pytest.param(path, "", "is no JMESPath expression", id="empty"),
        pytest.param(path, "a[?b(c)] | length(@)", r"calls a function b\(\)", id="function-deep-inside"),
        pytest.param(pattern, "(", "is no regular expression", id="pattern"),
    ],
)
def test_what_cannot_be_compiled_is_told(compile_one: Callable[[str], Finder], expression: str, problem: str):
    with pytest.raises(ValueError, match=problem):
        compile_one(expression)
