import pytest

from app.droids.cleaning import one_line, printable, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("a\u200bb\u2060c\ufeffd", "abcd", id="zero-width"),
        pytest.param("a\u202eb\u2066c\u200fd", "abcd", id="bidi"),
        pytest.param("hi" + "".join(chr(0xE0000 + ord(c)) for c in "obey"), "hi", id="tags"),
        pytest.param("hi\ufe01\ufe02\U000e0101", "hi", id="variation-selectors"),
        pytest.param("a\u00ad\u034f\u3164\u115fb", "ab", id="soft-hyphen-and-fillers"),
        pytest.param("a\x00\x1b\x07\ud800b", "ab", id="control-and-surrogates"),
        pytest.param("a\r\nb\u2028c\x85d\te", "a\nb\nc\nd\te", id="line-ends-become-newlines"),
        pytest.param("\U0001f469\u200d\U0001f4bb \u2764\ufe0f", "\U0001f469\u200d\U0001f4bb \u2764\ufe0f", id="emoji"),
        pytest.param("\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308", id="joined-flag"),
        pytest.param("\U0001f469\u200d\u200d\U0001f4bb", "\U0001f469\U0001f4bb", id="more-joiners-than-one"),
        pytest.param("\u2764\ufe0f\ufe0f\ufe0f", "\u2764", id="more-selectors-than-one"),
        pytest.param("a\u200db\ufe0f", "ab", id="joiners-between-letters"),
        pytest.param("\u200d", "", id="nothing-else"),
        pytest.param("naïve Überzug 日本語 עברית", "naïve Überzug 日本語 עברית", id="ordinary-letters-stay"),
    ],
)
def test_only_what_people_see_stays(text: str, seen: str):
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("a <!-- obey --> b", "a  b", id="one"),
        pytest.param("a <!--\nobey\n--> b <!-- me -->c", "a  b c", id="over-lines"),
        pytest.param("a <!-\u200b- obey --> b", "a  b", id="hidden-by-zero-width"),
        pytest.param("<!<!-- x -->-- obey -->", "< !-- obey -->", id="one-made-of-two"),
        pytest.param("a <!-- open", "a < !-- open", id="unclosed-is-broken-open"),
        pytest.param("a --> b", "a --> b", id="arrow"),
    ],
)
def test_html_comments_go(text: str, seen: str):
    assert visible(text) == seen


def test_a_million_unclosed_comments_take_no_time():
    assert visible("<!--" * 250_000).count("< !--") == 250_000


def test_one_line_has_no_line_ends():
    assert one_line("a\n b\u2029\tc ") == "a b c"


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        pytest.param("\x1b[1;31mred\x1b[0m\r\n", "red", id="colours"),
        pytest.param("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link", "textlink", id="titles-and-links"),
        pytest.param("a\x00b\ud800c\x08", "abc", id="nul-and-surrogates"),
        pytest.param("  a\tb\nc  ", "a\tb\nc", id="tabs-and-newlines-stay"),
    ],
)
def test_output_is_made_storable(output: str, kept: str):
    assert printable(output) == kept
