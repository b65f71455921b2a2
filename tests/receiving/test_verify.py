import hmac
import time
from hashlib import sha256

import jwt
import pytest

from app.receiving.refusals import BadSignature
from app.receiving.verify import verify

SECRET = "It's a Secret to Everybody"
BODY = b"Hello World!"
# The example of Atlassian's page on securing admin webhooks.
SIGNATURE = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
CLIENT_SECRET = "the-oauth-apps-client-secret-is-a-long-one"


def token(secret: str = CLIENT_SECRET, algorithm: str = "HS256", **claims: object) -> str:
    now = int(time.time())
    return jwt.encode({"iat": now, "exp": now + 180, "iss": "client"} | claims, secret, algorithm=algorithm)


def test_the_official_example_verifies() -> None:
    verify({"x-hub-signature": SIGNATURE}, BODY, [("admin", SECRET)])


def test_either_of_two_secrets_verifies_while_one_is_rotated() -> None:
    verify({"x-hub-signature": SIGNATURE}, BODY, [("admin", "the new one"), ("admin", SECRET)])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        pytest.param(SIGNATURE[:-1] + "0", "does not fit", id="wrong"),
        pytest.param(SIGNATURE.replace("sha256", "sha1"), "method other than sha256", id="wrong method"),
        pytest.param(SIGNATURE.replace("sha256=", ""), "method other than sha256", id="no method"),
        pytest.param("sha256=", "does not fit", id="empty"),
        pytest.param("sha256=ähm", "does not fit", id="not ASCII"),
        pytest.param("", "method other than sha256", id="blank"),
    ],
)
def test_a_bad_signature_is_refused(header: str, said: str) -> None:
    with pytest.raises(BadSignature, match=said):
        verify({"x-hub-signature": header}, BODY, [("admin", SECRET)])


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify({"x-hub-signature": SIGNATURE}, BODY + b" ", [("admin", SECRET)])


def test_a_missing_signature_is_refused() -> None:
    with pytest.raises(BadSignature, match="no X-Hub-Signature header"):
        verify({}, BODY, [("admin", SECRET)])


@pytest.mark.parametrize("secrets", [[], [("admin", "")]], ids=["none", "empty"])
def test_without_a_secret_everything_is_refused(secrets: list[tuple[str, str]]) -> None:
    """A body signed with the empty key must not pass because no secret is configured."""
    signed_with_nothing = "sha256=" + hmac.new(b"", BODY, sha256).hexdigest()
    with pytest.raises(BadSignature, match="No webhook secret"):
        verify({"x-hub-signature": signed_with_nothing}, BODY, secrets)


def test_a_dynamic_webhooks_token_verifies() -> None:
    verify({"authorization": f"Bearer {token()}"}, BODY, [("dynamic", CLIENT_SECRET)])


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(f"Bearer {token('another-secret-that-is-long-enough-too')}", id="wrong secret"),
        pytest.param(f"Bearer {token(exp=int(time.time()) - 3600)}", id="expired"),
        pytest.param(f"Bearer {token(CLIENT_SECRET * 2, 'HS512')}", id="another algorithm"),
        pytest.param("Bearer " + jwt.encode({"exp": 9e9, "iat": 1}, "", algorithm="none"), id="unsigned"),
        pytest.param(f"Basic {token()}", id="another scheme"),
        pytest.param("Bearer", id="no token"),
        pytest.param("", id="blank"),
    ],
)
def test_a_bad_token_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify({"authorization": header}, BODY, [("dynamic", CLIENT_SECRET)])


def test_a_token_without_expiry_is_refused() -> None:
    eternal = jwt.encode({"iat": 1}, CLIENT_SECRET, algorithm="HS256")
    with pytest.raises(BadSignature, match="MissingRequiredClaimError"):
        verify({"authorization": f"Bearer {eternal}"}, BODY, [("dynamic", CLIENT_SECRET)])


def test_a_kind_of_proof_the_connection_does_not_use_is_refused() -> None:
    """The secret of a signed webhook must not open the door for tokens, nor the other way round."""
    with pytest.raises(BadSignature):
        verify({"authorization": f"Bearer {token(SECRET * 2)}"}, BODY, [("admin", SECRET * 2)])
    with pytest.raises(BadSignature):
        verify({"x-hub-signature": SIGNATURE}, BODY, [("dynamic", SECRET)])
