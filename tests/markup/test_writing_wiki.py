import pytest
from hypothesis import given, settings

from app.markup import to_markdown, to_wiki
from tests.markup.texts import ANSWER, HOSTILE, markdown


def test_an_answer_reads_well_as_wiki_markup() -> None:
    assert (
        to_wiki(ANSWER)
        == """\
h1. What I found

The *retry* loop in {{fetch()}} never _stops_; see [the log|https://ci.example/run/7], -not the cache-.

# Read {{a_b.py}}
#* nested *point*
#*# deeper
# Fix it

* ☑ reproduced
* ☐ deployed

{quote}
The customer wrote:

* it hangs
{quote}

||step||result||
|one|{{ok}}|
|two|*bad*|

{code:python}
x = {"a": [1]}
{code}

----

Asked by [~accountid:557058:ab-c]."""
    )


def test_an_answer_comes_back_as_it_was() -> None:
    back = to_markdown(to_wiki(ANSWER))
    for line in [line for line in ANSWER.splitlines() if line and "[x]" not in line and "[ ]" not in line]:
        assert line.lstrip("0123456789. ").replace("|---|---|", "| --- | --- |") in back


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("{panic} and a[0]", r"\{panic\} and a\[0\]", id="braces and brackets"),
        pytest.param("snake_case_name 2 * 3 a-b", "snake_case_name 2 * 3 a-b", id="signs that cannot open an effect"),
        pytest.param("run -v --force ~/x +y ^z", r"run \-v \-\-force \~/x \+y \^z", id="signs that could"),
        pytest.param(r"\# no \* list", r"\# no * list", id="bullet by accident"),
        pytest.param("h1. no bq. no\n\nbq. no", "h1&#46; no bq. no\n\nbq&#46; no", id="block by accident"),
        pytest.param("| no table", r"\| no table", id="table by accident"),
        pytest.param("done! !important what??", r"done! \!important what\?\?", id="picture and citation"),
        pytest.param("f(x) (on) (a)", r"f\(x) \(on) (a)", id="emoticons"),
        pytest.param(r"C:\Users \\\\host", r"C:\Users &#92;\host", id="backslashes"),
        pytest.param("`&amp;` &copy;", "{{&amp;amp;}} ©", id="entities"),
        pytest.param("`{x}` `[~bob]`", r"{{\{x\}}} {{\[\~bob\]}}", id="code"),
        pytest.param("`Foo`s **b**old", "{{{}Foo{}}}s {*}b{*}old", id="effects within a word"),
        pytest.param("**a *b* c**", "*a* *_b_* *c*", id="effects within each other"),
        pytest.param("[a|b](https://x.example/{y})", r"[a&#124;b|https://x.example/%7By%7D]", id="link"),
        pytest.param("<https://x.example>", "[https://x.example]", id="bare link"),
        pytest.param("a  \nb", "a\nb", id="line break"),
        pytest.param("[~john.doe] [~accountid:1:a]", "[~john.doe] [~accountid:1:a]", id="mentions"),
        pytest.param("# a<br>b", "h1. a b", id="break in a heading"),
        pytest.param("```foo\nx\n```", "{code:none}\nx\n{code}", id="language Jira does not know"),
        pytest.param("```\n{code}\n```", "{code:none}\n{\u200bcode}\n{code}", id="code that would end its block"),
        pytest.param("- a\n\n  b\n\n  ```\n  c\n  ```\n- d", "* a\nb\n{code:none}\nc\n{code}\n* d", id="long item"),
        pytest.param("- - a", "** a", id="list in a list"),
        pytest.param("- [ ] a\n  - [x] b\n- [x] c", "* ☐ a\n** ☑ b\n* ☑ c", id="tasks"),
        pytest.param("> a\n>\n> b", "{quote}\na\n\nb\n{quote}", id="quote"),
        pytest.param("| a |\n|---|\n| b<br>c |", "||a||\n|b \\\\ c|", id="break in a cell"),
        pytest.param("| a | |\n|---|---|\n| x\\|y | |", "||a|| ||\n|x&#124;y| |", id="bar in a cell"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markdown_shows_as_written(text: str, shown: str) -> None:
    assert to_wiki(text) == shown


@settings(deadline=None)
@given(text=markdown)
def test_any_text_becomes_wiki_markup(text: str) -> None:
    assert isinstance(to_wiki(text), str)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_hostile_letters_become_wiki_markup(piece: str) -> None:
    """The suite's time limit fails this test where either writer takes more than proportional time."""
    assert isinstance(to_wiki(piece * (100_000 // len(piece))), str)
