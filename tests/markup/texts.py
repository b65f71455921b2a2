"""Markdown as it occurs, as it is abused, and as hypothesis makes it up."""

from hypothesis import strategies as st

ANSWER = """\
# What I found

The **retry** loop in `fetch()` never _stops_; see [the log](https://ci.example/run/7), ~~not the cache~~.

1. Read `a_b.py`
   - nested **point**
     1. deeper
2. Fix it

- [x] reproduced
- [ ] deployed

> The customer wrote:
> - it hangs

| step | result |
|---|---|
| one | `ok` |
| two | **bad** |

```python
x = {"a": [1]}
```

---

Asked by [~accountid:557058:ab-c].
"""

#: Pieces of syntax that meet each other in unforeseen ways.
PIECES = [
    *("word", "two words", " ", "  ", "\n", "\n\n", "  \n", "\t", "    "),
    *("# ", "###### ", "> ", "> > ", "- ", "* ", "1. ", "999999999. ", "- [ ] ", "- [x] ", "---\n", "===\n", "  - "),
    *("**", "*", "_", "__", "~~", "`", "``", "```", "```python\n", "~~~\n", "\\", "\\\\"),
    *("[a](b)", "[a](https://a.example)", "[](https://a.example)", "![i](https://a.example/i.png)", "![](x)", "[a][b]"),
    *(
        "[b]: https://b.example\n",
        "<https://c.example>",
        "https://d.example/(x).",
        "<br>",
        "<b>",
        "<!-- c -->",
        "&amp;",
    ),
    *("[~accountid:1:a-b]", "[~bob]", "[~accountid:]", "| a | b |\n|---|---|\n| c | d |\n", "|", "||", "|---|\n"),
    *(
        "{code}",
        "{quote}",
        "{",
        "}",
        "[",
        "]",
        "!",
        "(x)",
        "??",
        "h1. ",
        "bq. ",
        "\x1b[31m",
        "\x00",
        "\ud800",
        "\u200b",
        "é",
        "🙂",
    ),
]

markdown = st.one_of(st.lists(st.sampled_from(PIECES), max_size=15).map("".join), st.text(max_size=200))

#: What makes careless parsers slow; each is repeated up to the length of a very long comment.
HOSTILE = [
    *(
        "[",
        "![",
        "](",
        "[a](",
        "[a](<",
        "[~",
        "[~accountid:",
        "[x|",
        "{",
        "{{",
        "{code}",
        "{code:",
        "{quote}",
        "{panel:",
        "{color:",
    ),
    *(
        "*",
        "**a ",
        "*a_ ",
        "_a ",
        "-a ",
        "+a ",
        "~~a ",
        "`",
        "`a``",
        "```\n",
        "> ",
        "- ",
        "-\n",
        "  - x\n",
        "1. ",
        "#*",
        "|a",
        "|a|b|\n",
    ),
    *(
        "<",
        "<a@",
        "<!--",
        "<https://",
        "&",
        "\\",
        "!a",
        "!a.b|",
        "??",
        "http://",
        "h1. a\n",
        "bq. a\n",
        "* a\n",
        "[a]: b\n",
        "\n",
        "a ",
        "a",
    ),
]
