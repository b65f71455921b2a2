import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup import to_markdown
from tests.markup.texts import HOSTILE, PIECES

DESCRIPTION = """\
h2. Steps\r
# Log in as [~bob]\r
#* use *Chrome*\r
# Press -Save- _Send_ {{a_b}}\r
\r
{quote}It {color:red}broke{color}\r
again{quote}\r
\r
||Browser||Fails||\r
|Chrome|[yes|https://ci.example/1]|\r
|Firefox|no \\\\ never|\r
\r
{code:python}\r
*x* = {"a": 1}\r
{code}\r
----\r
!shot.png|thumbnail! [https://d.example] [~accountid:557058:ab-c]"""


def test_a_description_reads_well_as_markdown() -> None:
    assert (
        to_markdown(DESCRIPTION)
        == """\
## Steps
1. Log in as [~bob]
   - use **Chrome**
1. Press ~~Save~~ _Send_ `a_b`

> It broke
> again

| Browser | Fails |
| --- | --- |
| Chrome | [yes](https://ci.example/1) |
| Firefox | no <br> never |
```python
*x* = {"a": 1}
```
---
![shot.png](shot.png) <https://d.example> [~accountid:557058:ab-c]"""
    )


@pytest.mark.parametrize(
    ("wiki", "markdown"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("bq. said", "> said", id="one line of quote"),
        pytest.param("{panel:title=Note}\nmind *this*\n{panel}\nafter", "> mind **this**\nafter", id="panel"),
        pytest.param("{quote}one{quote} two", "> one\n two", id="quote within a line"),
        pytest.param("{noformat}\n*x*\n{noformat}", "```\n*x*\n```", id="noformat"),
        pytest.param("{code}\nx\n{code}", "```\nx\n```", id="code of no language"),
        pytest.param("{code:title=a.py|borderStyle=solid}x{code}", "```\nx\n```", id="code with a title"),
        pytest.param("{code:sql|title=a}\nx{code}y", "```sql\nx\n```\ny", id="code with a language and a title"),
        pytest.param("{code:none}\n```\n{code}", "````\n```\n````", id="code that holds a fence"),
        pytest.param("{code}a {code:x} b", "{code}a {code:x} b", id="code never closed, twice"),
        pytest.param("{noformat}a {code}b", "{noformat}a {code}b", id="code never closed"),
        pytest.param("- a\n-- b\n* c\n*# d", "- a\n-- b\n- c\n  1. d", id="lists"),
        pytest.param(r"a \{b\} \*c* \-d-", r"a \{b\} \*c* \-d-", id="escaped"),
        pytest.param(r"{{a\{b\}}} {{{}x{}}}s {*}b{*}c", "`a{b}` `x`s **b**c", id="within words"),
        pytest.param("2*3*4 a-b-c well-known - no", "2*3*4 a-b-c well-known - no", id="signs that mean nothing"),
        pytest.param("https://x.example/a-b-c*d* and -e-", "https://x.example/a-b-c*d* and ~~e~~", id="bare address"),
        pytest.param("[*a*|https://x.example|tip] [#top] [a]", "[**a**](https://x.example) [#top] [a]", id="links"),
        pytest.param("|a|b|\n|c|", "| a | b |\n| --- | --- |\n| c |", id="table without a header"),
        pytest.param("a! b! wow!x.y", "a! b! wow!x.y", id="exclamations"),
    ],
)
def test_wiki_markup_becomes_markdown(wiki: str, markdown: str) -> None:
    assert to_markdown(wiki) == markdown


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(to_markdown(text), str)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_hostile_letters_are_read(piece: str) -> None:
    """The suite's time limit fails this test where reading takes more than proportional time."""
    assert to_markdown(piece * (100_000 // len(piece))) or not piece.strip() or piece.startswith("{")
