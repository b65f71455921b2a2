import pytest

from app.events.event import Body
from app.events.mentions import mentions

ADF = {
    "type": "doc",
    "content": [
        {
            "type": "paragraph",
            "content": [{"type": "mention", "attrs": {"id": "1:a"}}, {"type": "text", "text": "[~x]"}],
        },
        {"type": "mention", "attrs": {"id": 7}},
        {"type": "mention"},
        {"type": "bulletList", "content": [{"type": "mention", "attrs": {"id": "2"}}, "x"]},
    ],
}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("[~bob] and [~accountid:557058:ab-c], [~bob]", ("bob", "557058:ab-c"), id="both kinds, each once"),
        pytest.param(
            "[~AccountId:1] [~john.doe@x.example] [~o'neil smith]",
            ("1", "john.doe@x.example", "o'neil smith"),
            id="names",
        ),
        pytest.param("[Bob|~bob] [~ ] [~] ~bob [bob]", ("bob",), id="with a label, and none"),
        pytest.param("{code}[~a]{code} [~b] {code:java}[~c]{code}", ("b",), id="code"),
        pytest.param("{noformat}[~a] {code} {noformat}[~b] {{[~c]}}", ("b",), id="other code"),
        pytest.param("{code}[~a]", ("a",), id="code never closed"),
        pytest.param(ADF, ("1:a", "2"), id="ADF"),
        pytest.param(None, (), id="nothing"),
        pytest.param("", (), id="empty"),
    ],
)
def test_who_is_mentioned(body: Body, found: tuple[str, ...]) -> None:
    assert mentions(body) == found


@pytest.mark.parametrize("piece", ["[~", "[~a", "[a|", "{code}", "{code:", "{noformat}{code}", "{{", "{{[~a]", "[~a]"])
def test_a_hundred_thousand_hostile_letters_are_read(piece: str) -> None:
    """The suite's time limit fails this test where reading takes more than proportional time."""
    assert set(mentions(piece * (100_000 // len(piece)))) <= {"a"}


def test_nesting_beyond_reason_is_read() -> None:
    node: dict = {"type": "mention", "attrs": {"id": "deep"}}
    for _ in range(10_000):
        node = {"type": "panel", "content": [node]}
    assert mentions(node) == ("deep",)
