import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from app.markup import to_adf, to_markdown
from tests.markup.texts import ANSWER, markdown

Validate = Callable[[object], None]


def texts(node: dict) -> str:
    return node.get("text", "") + "".join(texts(child) for child in node.get("content", []))


def kinds(markdown: str) -> list[str]:
    return [node["type"] for node in to_adf(markdown)["content"]]


def first_paragraph(markdown: str) -> list[dict]:
    return to_adf(markdown)["content"][0]["content"]


@settings(deadline=None)
@given(text=markdown)
def test_any_text_becomes_a_valid_document(validate: Validate, text: str) -> None:
    document = to_adf(text)
    validate(document)
    json.dumps(document).encode()


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "\x00", "```\n```", "-", ">", "#", "[](x)", "****"])
def test_next_to_nothing_is_a_valid_document(validate: Validate, text: str) -> None:
    validate(to_adf(text))


def test_an_answer_keeps_its_shape(validate: Validate) -> None:
    validate(to_adf(ANSWER))
    assert kinds(ANSWER) == [
        *("heading", "paragraph", "orderedList", "taskList", "blockquote", "table", "codeBlock", "rule", "paragraph")
    ]


def test_a_mention_becomes_a_mention() -> None:
    assert first_paragraph("ask [~accountid:557058:a-b]!") == [
        {"type": "text", "text": "ask "},
        {"type": "mention", "attrs": {"id": "557058:a-b"}},
        {"type": "text", "text": "!"},
    ]


@pytest.mark.parametrize("text", ["`[~accountid:1]`", "```\n[~accountid:1]\n```", "    [~accountid:1]"])
def test_a_mention_in_code_stays_code(text: str) -> None:
    document = to_adf(text)
    assert texts(document) == "[~accountid:1]"
    assert '"mention"' not in json.dumps(document)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a List<String> b", "a List<String> b", id="angle brackets"),
        pytest.param("<details>\n<b>x</b>\n</details>", "<details> <b>x</b> </details>", id="html block"),
        pytest.param("<!-- hidden -->", "<!-- hidden -->", id="html comment"),
        pytest.param("`a < b`", "a < b", id="code"),
        pytest.param(r"a \< b", "a < b", id="escaped"),
        pytest.param(r"\\<server>", r"\<server>", id="after a backslash"),
        pytest.param("&lt;T&gt; &#x1;&copy; a&b;c ?a&copy=1", "<T> © a&b;c ?a&copy=1", id="character references"),
        pytest.param("`&lt;`", "&lt;", id="character reference in code"),
        pytest.param("\x1b[31mred\x1b[0m \x07bell", "red bell", id="terminal colours"),
        pytest.param("[a](" + "x" * 3000 + ")", "[a](" + "x" * 3000 + ")", id="endless link"),
    ],
)
def test_text_shows_as_it_is_written(text: str, shown: str) -> None:
    assert texts(to_adf(text)) == shown


def test_html_line_breaks_break_lines() -> None:
    assert [node["type"] for node in first_paragraph("a<br>b<BR/>c")] == ["text", "hardBreak"] * 2 + ["text"]
    assert texts(to_adf("`a<br>b`")) == "a<br>b"


@pytest.mark.parametrize(
    ("text", "shown", "href"),
    [
        pytest.param("[a](https://x.example)", "a", "https://x.example", id="link"),
        pytest.param("[a](<https://x.example/b c>)", "a", "https://x.example/b%20c", id="link in angle brackets"),
        pytest.param("<https://x.example>", "https://x.example", "https://x.example", id="autolink"),
        pytest.param("<bob@x.example>", "bob@x.example", "mailto:bob@x.example", id="mail address"),
        pytest.param(
            "https://x.example/a_b_c.", "https://x.example/a_b_c", "https://x.example/a_b_c", id="bare address"
        ),
        pytest.param("![a](https://x.example/i.png)", "a", "https://x.example/i.png", id="image"),
        pytest.param("![](https://x.example/i.png)", "https://x.example/i.png", "https://x.example/i.png", id="no alt"),
    ],
)
def test_what_can_be_opened_is_a_link(text: str, shown: str, href: str) -> None:
    node = first_paragraph(text)[0]
    assert (node["text"], node["marks"]) == (shown, [{"type": "link", "attrs": {"href": href}}])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("[a](src/a.py)", "a (src/a.py)", id="relative"),
        pytest.param("[a **b**](javascript:x)", "a b (javascript:x)", id="script, in two pieces"),
        pytest.param("[a.py](a.py)", "a.py", id="same as its text"),
        pytest.param("[a]()", "a", id="empty"),
        pytest.param("![](./shot.png)", "./shot.png", id="image"),
    ],
)
def test_what_cannot_be_opened_is_shown_as_text(text: str, shown: str) -> None:
    nodes = first_paragraph(text)
    assert "".join(node["text"] for node in nodes) == shown
    assert "link" not in json.dumps(nodes)


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "media" not in json.dumps(
        to_adf("- ![a](https://x.example/i.png)\n\n| ![b](https://y.example) |\n|--|\n| c |")
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("> # Title\n>\n> text", "> **Title**\n> \n> text", id="heading"),
        pytest.param("> # `code`", "> `code`", id="heading of code"),
        pytest.param("> a\n>\n> ---", "> a\n> \n> ---", id="rule"),
        pytest.param("> a\n> > b", "> a\n> \n> b", id="quote in a quote"),
        pytest.param("> - [x] a\n>   - [ ] b", "> - [x] a\n>   - [ ] b", id="tasks"),
        pytest.param("> - [x] a\n>\n>   b", "> - [x] \n>   a\n>   b", id="task of two paragraphs"),
        pytest.param("- # Title", "- # Title", id="heading in a list"),
        pytest.param("- [ ] a\n  - [x] b", "- [ ] a\n  - [x] b", id="task in a task"),
        pytest.param("- [ ] a\n\n  b", "- [ ] a\n  b", id="task of paragraphs outside quotes"),
        pytest.param("-", "- ", id="empty item"),
        pytest.param(">", "> ", id="empty quote"),
        pytest.param("| a |\n|---|\n| |", "| a |\n| --- |\n|  |", id="empty cell"),
    ],
)
def test_blocks_where_jira_allows_none_keep_their_words(validate: Validate, text: str, shown: str) -> None:
    document = to_adf(text)
    validate(document)
    assert to_markdown(document) == shown


def test_nesting_beyond_reason_keeps_the_words(validate: Validate) -> None:
    document = to_adf("**_" * 2000 + "deep" + "_**" * 2000)
    assert "deep" in texts(document)
