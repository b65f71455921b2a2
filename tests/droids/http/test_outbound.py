import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st

from app.droids.base import DroidMisconfigured, Turn
from app.droids.http import outbound
from app.droids.http.droid import HttpDroid
from app.droids.http.outbound import PublicOnly, is_listed, is_public
from app.events.event import Issue
from tests.droids.http.conftest import PUBLIC
from tests.droids.http.remote import SECRET, Remote, serving

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "4000::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_no_address_of_the_public_internet(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "::ffff:1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"]
)
def test_what_is_one(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_counts_as_the_one_in_it(address: ipaddress.IPv4Address) -> None:
    assert is_public(ipaddress.ip_address(f"::ffff:{address}")) == is_public(address)


@given(st.ip_addresses())
def test_nothing_python_calls_special_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped
    assert mapped or not (is_public(address) and (special or address.is_reserved or address.is_unspecified))


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("http://localhost:9/tasks", True),
        ("https://LOCALHOST", True),
        ("http://[::1]:9", True),
        ("https://localhost.evil.example", False),
        ("https://other", False),
    ],
)
def test_hosts_are_compared_whole(url: str, listed: bool) -> None:
    assert is_listed(url, ("LocalHost", "[::1]")) == listed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0x7f.1", "2130706433"])
def test_a_private_address_is_refused_before_anything_is_sent(host: str, issue: Issue, remote: Remote) -> None:
    port = remote.url.rpartition(":")[2]
    droid = HttpDroid(f"https://{host}:{port}", SECRET, PUBLIC)
    with pytest.raises(DroidMisconfigured, match="is not a public one") as caught:
        droid.run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert "JIRA_REACTOR_DROID_HOSTS" in caught.value.cure
    assert remote.asked == []


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Remote]:
    """A remote droid whose certificate is for agents.example.com."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("agents.example.com").configure_cert(context)
    with serving(context, "agents.example.com") as remote:
        yield remote


class Names:
    """Plays DNS for agents.example.com and other.example.com, which no name server of this machine knows."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if not str(host).endswith("example.com"):
            return self._real(host, port, *rest, **more)
        self.asked.append(host)
        addresses = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


def play_names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


@pytest.fixture
def loopback_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of tests run on this machine, so its own address stands for one of the public internet's."""
    monkeypatch.setattr(outbound, "is_public", lambda address: address.is_loopback or is_public(address))


@pytest.mark.usefixtures("loopback_is_public")
def test_the_address_that_was_checked_is_the_one_connected_to(
    secure: Remote, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look at the name would find nothing: it is asked once, and TLS and Host still hold the name."""
    names = play_names(monkeypatch, ["127.0.0.1", "1.1.1.1"])
    report = HttpDroid(secure.url, SECRET, PUBLIC).run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert report.text == "done"
    assert names.asked == ["agents.example.com"]
    [(headers, _)] = secure.asked
    assert headers["host"] == secure.url.removeprefix("https://")


@pytest.mark.usefixtures("loopback_is_public")
def test_one_private_address_among_several_is_enough_to_refuse(
    secure: Remote, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_names(monkeypatch, ["127.0.0.1", "10.0.0.1"])
    with pytest.raises(DroidMisconfigured, match=r"its address 10\.0\.0\.1 is not a public one"):
        HttpDroid(secure.url, SECRET, PUBLIC).run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert secure.asked == []


@pytest.mark.usefixtures("loopback_is_public")
def test_a_certificate_for_another_name_is_refused(
    secure: Remote, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_names(monkeypatch, ["127.0.0.1"])
    url = secure.url.replace("agents", "other")
    with pytest.raises(DroidMisconfigured, match="does not prove who it is"):
        HttpDroid(url, SECRET, PUBLIC).run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert secure.asked == []


@pytest.mark.usefixtures("loopback_is_public")
def test_a_certificate_of_an_unknown_authority_is_refused(
    secure: Remote, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_names(monkeypatch, ["127.0.0.1"])
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(DroidMisconfigured, match="does not prove who it is"):
        HttpDroid(secure.url, SECRET, PUBLIC).run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert secure.asked == []


def test_a_listed_host_still_has_to_prove_its_name(authority: trustme.CA, issue: Issue) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with serving(context, "localhost") as remote:
        hosts = ("localhost", "127.0.0.1")
        run = {"about": issue, "timeout": 5, "turn": Turn(key="r/0")}
        assert HttpDroid(remote.url, SECRET, PUBLIC, hosts).run("Do.", **run).text == "done"
        with pytest.raises(DroidMisconfigured, match="does not prove who it is"):
            HttpDroid(remote.url.replace("localhost", "127.0.0.1"), SECRET, PUBLIC, hosts).run("Do.", **run)


def test_a_name_nobody_knows_is_worth_another_try(issue: Issue) -> None:
    with pytest.raises(Exception, match="could not be reached") as caught:
        HttpDroid("https://nowhere.invalid", SECRET, PUBLIC).run("Do.", about=issue, timeout=5, turn=Turn(key="r/0"))
    assert getattr(caught.value, "transient", False)


def test_a_host_that_is_none_is_misconfigured(issue: Issue) -> None:
    with pytest.raises(DroidMisconfigured, match="is no host"):
        HttpDroid(f"https://{'x' * 64}.example", SECRET, PUBLIC).run("Do.", about=issue, timeout=5)


def test_only_https_is_guarded_because_nothing_else_is_let_through() -> None:
    session = outbound.open_session("https://agents.example.com", ())
    assert isinstance(session.get_adapter("https://agents.example.com/x"), PublicOnly)
    listed = outbound.open_session("https://agents.example.com", ("agents.example.com",))
    assert type(listed.get_adapter("https://agents.example.com/x")) is requests.adapters.HTTPAdapter
