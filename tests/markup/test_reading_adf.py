from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import to_adf, to_markdown
from tests.markup.texts import ANSWER

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
kinds = st.sampled_from(
    [
        *(
            "doc",
            "paragraph",
            "heading",
            "text",
            "mention",
            "codeBlock",
            "table",
            "tableRow",
            "tableCell",
            "bulletList",
        ),
        *(
            "orderedList",
            "taskList",
            "listItem",
            "taskItem",
            "panel",
            "inlineCard",
            "status",
            "emoji",
            "date",
            "frob",
            "expand",
        ),
    ]
)
nodes = st.recursive(
    scalars,
    lambda inner: st.fixed_dictionaries(
        {"type": st.one_of(kinds, scalars)},
        optional={
            "content": st.one_of(st.lists(inner, max_size=4), inner),
            "text": scalars,
            "marks": st.one_of(
                inner, st.lists(st.fixed_dictionaries({"type": st.sampled_from(["link", "code", "strong"])}))
            ),
            "attrs": st.one_of(
                scalars, st.dictionaries(st.sampled_from(["id", "level", "order", "url", "href"]), scalars)
            ),
        },
    ),
    max_leaves=20,
)


def doc(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def paragraph(*content: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


def text(words: str, *marks: str, **attrs: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": [{"type": mark, "attrs": attrs} for mark in marks]}


def node(kind: str, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "attrs": attrs}


def test_an_answer_comes_back_as_it_was() -> None:
    back = to_markdown(to_adf(ANSWER))
    assert to_markdown(to_adf(back)) == back
    assert back == ANSWER.strip().replace("- nested", "- nested").replace("|---|---|", "| --- | --- |").replace(
        "wrote:\n> -", "wrote:\n> \n> -"
    )


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        pytest.param(doc(), "", id="empty"),
        pytest.param({"type": "doc"}, "", id="no content"),
        pytest.param(
            doc(paragraph(text("a "), node("mention", id="5:x", text="@A"))), "a [~accountid:5:x]", id="mention"
        ),
        pytest.param(
            doc(paragraph(text(" a ", "strong", "em"), text("b"))), " _**a**_ b", id="marks leave spaces outside"
        ),
        pytest.param(doc(paragraph(text(" ", "strong"), text("x", "underline"))), " x", id="marks that show nothing"),
        pytest.param(doc(paragraph(text("a`b", "code"))), "`` a`b ``", id="code with a backtick"),
        pytest.param(doc(paragraph(text("a", "link", href="https://x.example"))), "[a](https://x.example)", id="link"),
        pytest.param(
            doc(paragraph(node("emoji", shortName=":x:"), node("date", timestamp="1"), node("status", text="OK"))),
            ":x:1[OK]",
            id="small things",
        ),
        pytest.param(
            doc(paragraph(node("inlineCard", url="https://c.example"), node("inlineCard"))),
            "<https://c.example>",
            id="card",
        ),
        pytest.param(doc(node("blockCard", url="https://c.example")), "<https://c.example>", id="card of its own"),
        pytest.param(doc({"type": "panel", "content": [paragraph(text("a"))]}), "> a", id="panel"),
        pytest.param(
            doc({"type": "expand", "attrs": {"title": "More"}, "content": [paragraph(text("a"))]}),
            "More\n\na",
            id="expand",
        ),
        pytest.param(
            doc({"type": "frob", "content": [{"type": "frib", "content": [text("a")]}]}), "a", id="unknown kinds"
        ),
        pytest.param(
            doc({"type": "codeBlock", "content": [text("```")]}), "````\n```\n````", id="code that holds a fence"
        ),
        pytest.param(
            doc({"type": "decisionList", "content": [{"type": "decisionItem", "content": [text("yes")]}]}),
            "- yes",
            id="decisions",
        ),
        pytest.param(
            doc({"type": "heading", "attrs": {"level": 9}, "content": [text("a")]}), "# a", id="level out of range"
        ),
        pytest.param(doc({"type": "table", "content": []}), "", id="empty table"),
        pytest.param(
            doc(
                {
                    "type": "table",
                    "content": [{"content": [{"content": [paragraph(text("a|b"), node("hardBreak"))]}]}, {}],
                }
            ),
            "| a\\|b  <br> |\n| --- |\n|  |",
            id="cells",
        ),
    ],
)
def test_adf_becomes_markdown(document: dict[str, Any], markdown: str) -> None:
    assert to_markdown(document) == markdown


@settings(deadline=None)
@given(nodes)
def test_any_json_is_read(value: Any) -> None:
    assert isinstance(to_markdown(value), str)
    assert isinstance(to_markdown(doc(value)), str)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param(None, "", id="null"),
        pytest.param(7, "7", id="number"),
        pytest.param(["a", {"text": "b"}, {"content": [{"text": "c"}]}, {"text": 1}], "a\nb\nc", id="list"),
        pytest.param({"type": "paragraph", "content": [{"text": "a"}]}, "a", id="part of a document"),
    ],
)
def test_what_is_no_text_gives_the_texts_in_it(value: object, found: str) -> None:
    assert to_markdown(value) == found


@pytest.mark.parametrize(
    "wrap", [paragraph, lambda inner: {"type": "bulletList", "content": [inner]}], ids=["block", "list"]
)
def test_nesting_beyond_reason_keeps_the_words(wrap: Callable[[Any], Any]) -> None:
    inner: Any = text("deep")
    for _ in range(20_000):
        inner = wrap(inner)
    assert to_markdown(doc(inner)) == "deep"
