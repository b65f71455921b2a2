import pytest

from app.receiving.identity import delivery_key

EVENT = {"webhookEvent": "comment_created", "timestamp": 1, "comment": {"id": "7"}}


def test_jiras_identifier_is_the_key_whatever_the_body() -> None:
    headers = {"x-atlassian-webhook-identifier": "abc"}
    assert delivery_key(headers, EVENT, b"1") == delivery_key(headers, None, b"2") == "id:abc"


def test_without_identifier_the_same_event_told_in_other_bytes_has_the_same_key() -> None:
    assert delivery_key({}, EVENT, b"{ }") == delivery_key({}, EVENT | {"extra": 1}, b"{}")


@pytest.mark.parametrize(
    "other",
    [
        {"webhookEvent": "comment_updated"},
        {"timestamp": 2},
        {"comment": {"id": "8"}},
        {"issue": {"id": "1"}},
        {"changelog": {"id": 5}},
        {"issue_event_type_name": "issue_generic"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_event_has_another_key(other: dict[str, object]) -> None:
    assert delivery_key({}, EVENT, b"") != delivery_key({}, EVENT | other, b"")


@pytest.mark.parametrize("envelope", [[], None, {}, {"webhookEvent": "x", "timestamp": 1}, {"issue": {"id": "1"}}])
def test_a_body_without_names_is_named_by_its_bytes(envelope: object) -> None:
    assert delivery_key({}, envelope, b"a") == delivery_key({}, envelope, b"a")
    assert delivery_key({}, envelope, b"a") != delivery_key({}, envelope, b"b")
