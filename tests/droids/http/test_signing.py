import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.droids.http.signing import genuine, signed
from tests.droids.http.remote import SECRET, signature

#: The example that the standard's own libraries are tested with.
VECTOR = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "key": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": "1614265330",
    "body": b'{"test": 2432232314}',
}


def headers(body: bytes, key: str = "msg_1", at: float | None = None, **change: str) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    made = {
        "webhook-id": key,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(SECRET, key, timestamp, body),
    }
    return made | {f"webhook-{name}": value for name, value in change.items()}


def test_the_signature_is_that_of_the_standard() -> None:
    """What the tests compare with is right by the standard's vector, and what we send is right by the tests."""
    assert signature(**VECTOR) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    ours = signed(SECRET, "r/1", "{}")
    assert ours["webhook-signature"] == signature(SECRET, "r/1", ours["webhook-timestamp"], b"{}")


def test_an_old_message_is_not_believed_though_it_was_signed() -> None:
    old = {
        "webhook-id": VECTOR["key"],
        "webhook-timestamp": VECTOR["timestamp"],
        "webhook-signature": signature(**VECTOR),
    }
    assert not genuine(VECTOR["secret"], old, VECTOR["body"])


@given(st.text(), st.text(alphabet=st.characters(codec="ascii", exclude_categories=["C"]), min_size=1))
def test_what_we_sign_is_genuine_and_nothing_else_is(text: str, key: str) -> None:
    body = text.encode(errors="replace").decode()
    made = signed(SECRET, key, body)
    assert genuine(SECRET, made, body.encode())
    assert not genuine(SECRET, made, body.encode() + b" ")
    assert not genuine(SECRET, made | {"webhook-id": made["webhook-id"] + "x"}, body.encode())


@pytest.mark.parametrize(("off", "believed"), [(-290, True), (290, True), (-310, False), (310, False)])
def test_clocks_may_differ_by_five_minutes(off: int, believed: bool) -> None:
    assert genuine(SECRET, headers(b"{}", at=time.time() + off), b"{}") == believed


def test_one_signature_of_several_is_enough() -> None:
    good = headers(b"{}")["webhook-signature"]
    assert genuine(SECRET, headers(b"{}", signature=f"v1a,AAAA v1,AAAA {good}"), b"{}")


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": "v1"},
        {"signature": "v1,"},
        {"signature": "v1,é"},
        {"signature": "v1,A"},
        {"signature": "v1,a,b"},
        {"signature": "v2,AAAA"},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "nan"},
        {"timestamp": "inf"},
        {"timestamp": "9" * 400},
        {"id": ""},
    ],
    ids=repr,
)
def test_odd_headers_are_not_believed(change: dict[str, str]) -> None:
    assert genuine(SECRET, headers(b"{}"), b"{}")
    assert not genuine(SECRET, headers(b"{}", **change), b"{}")


@pytest.mark.parametrize("left_out", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing_headers_are_not_believed(left_out: str) -> None:
    made = headers(b"{}")
    del made[left_out]
    assert not genuine(SECRET, made, b"{}")


def test_a_body_that_is_no_text_is_not_believed() -> None:
    assert not genuine(SECRET, headers(b"\xff"), b"\xff")
