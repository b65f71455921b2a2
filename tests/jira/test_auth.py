"""How calls are signed, told by what is on the wire."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from app.jira.auth import KINDS, AccessToken, Anonymous, restore
from app.jira.errors import Invalid

STORED = {
    "api_token": {"email": "droid@example.com", "token": "secret"},
    "scoped_token": {"email": "droid@example.com", "token": "secret"},
    "oauth": {"access_token": "secret", "refresh_token": "next", "expires_at": 1, "cloud_id": "c"},
    "client_credentials": {"client_id": "i", "client_secret": "s", "access_token": "secret", "expires_at": 1},
    "personal_access_token": {"token": "secret"},
}
BASIC = "Basic ZHJvaWRAZXhhbXBsZS5jb206c2VjcmV0"


def signed(auth: Any) -> str | None:
    return requests.Request("GET", "http://127.0.0.1:1", auth=auth).prepare().headers.get("Authorization")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_signs_as_its_place_wants_it_and_shows_no_secret(kind: str) -> None:
    auth = restore(kind, STORED[kind])  # type: ignore[arg-type]
    assert signed(auth) == (BASIC if kind in ("api_token", "scoped_token") else "Bearer secret")
    assert "secret" not in repr(auth)
    assert len({type(restore(kind, STORED[kind])) for kind in KINDS}) == 5  # type: ignore[arg-type]


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid, match="password") as caught:
        restore("password", {})
    assert "client_credentials" in caught.value.cure


@pytest.mark.parametrize("kind", ["oauth", "client_credentials"])
def test_an_access_token_is_asked_for_before_each_call(kind: str) -> None:
    asked: list[bool] = []
    tokens = iter(["one", "two", "three"])

    def source(stale: bool) -> str:
        asked.append(stale)
        return next(tokens)

    auth = restore(kind, STORED[kind], tokens=source)  # type: ignore[arg-type]
    assert [signed(auth), signed(auth)] == ["Bearer one", "Bearer two"]
    assert isinstance(auth, AccessToken)
    assert auth.renew()
    assert asked == [False, False, True]


def test_repeating_is_not_worth_it_where_no_other_token_is_to_be_had() -> None:
    auth = AccessToken(lambda stale: "the only one")
    signed(auth)
    assert not auth.renew()


def test_nobody_signs_nothing_not_even_from_a_netrc(tmp_path: Any, monkeypatch: Any) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login me password mine\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    request: Callable[..., Any] = requests.Session().prepare_request
    assert "Authorization" not in request(requests.Request("GET", "http://127.0.0.1:1", auth=Anonymous())).headers
