"""Checks of our public URL as Jira needs it: its form, its name, its certificate, and who answers there."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import certifi
from requests.utils import get_environ_proxies, select_proxy

from app.connecting.doctor.check import Check, done, fail, ok, warn
from app.connecting.probing import probe
from app.storage.connections import Connection

_SECONDS = 5.0
_DAY = 24 * 60 * 60
#: Certificates that renew themselves do so a month before their end.
_ENDS_SOON = 14


@dataclass(frozen=True)
class Need:
    """What the Jiras that push to us need of our URL, the strictest of them counting."""

    #: Jira Cloud pushes over the public internet: https, a public address, a certificate everybody trusts.
    #: https://developer.atlassian.com/cloud/jira/platform/webhooks/
    public: bool
    #: Jira on this very machine needs nothing of that.
    local: bool


def need(connections: list[Connection]) -> Need:
    """Say what the Jiras of these connections need."""
    away = [connection for connection in connections if not _is_loopback(urlsplit(connection.base_url).hostname or "")]
    public = any(connection.deployment == "cloud" for connection in away)
    return Need(public, local=bool(connections) and not away)


def reachability(public_url: str, connections: list[Connection]) -> Iterator[Check]:
    """Look at our public URL from outside in: form, name, certificate, and the answer to what Jira would send."""
    if not public_url:
        cure = "Set JIRA_REACTOR_PUBLIC_URL to the https address under which Jira reaches `jira-reactor serve`."
        yield fail("public URL", "JIRA_REACTOR_PUBLIC_URL is not set, so Jira cannot be told where to push.", cure)
        return
    needed = need(connections)
    checks = [
        *done("public URL", lambda: form(public_url, needed)),
        *done("DNS", lambda: name(public_url, needed)),
    ]
    yield from checks
    if any(check.outcome == "fail" and check.name == "DNS" for check in checks):
        return
    if public_url.startswith("https:"):
        yield from done("TLS", lambda: certificate(public_url, needed))
    for connection in connections:
        yield from done("receiver", partial(_knock, public_url, connection))


def _knock(public_url: str, connection: Connection) -> Check:
    return ok("receiver", probe(public_url, connection.id))


def form(public_url: str, needed: Need) -> Check:
    """Look at scheme, port and host."""
    parts = urlsplit(public_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    if _is_loopback(host) and not needed.local:
        said = f"{public_url} is this machine's own address, which Jira cannot call."
        return fail("public URL", said, "Set JIRA_REACTOR_PUBLIC_URL to the address that others use.")
    if parts.scheme != "https" and not needed.local:
        why = "Jira Cloud pushes to nothing else" if needed.public else "anybody on the way can read what Jira pushes"
        said = f"{public_url} is not https; {why}."
        put = "Put a proxy with a certificate in front of the receiver, and say https in JIRA_REACTOR_PUBLIC_URL."
        return fail("public URL", said, put) if needed.public else warn("public URL", said, put)
    if needed.public and port != 443:
        said = f"{public_url} uses port {port}; Jira Cloud calls only a few ports besides 443."
        return warn("public URL", said, "Use port 443.")
    return ok("public URL", f"{public_url} is an address that Jira can call.")


def name(public_url: str, needed: Need) -> Check:
    """Resolve the host."""
    host = urlsplit(public_url).hostname or ""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        said = f"The name {host} is not known here ({error.strerror or error})."
        return fail("DNS", said, "Correct JIRA_REACTOR_PUBLIC_URL, or make a DNS record for the name.")
    told = ", ".join(sorted(found))
    if needed.public and not any(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found):
        said = f"{host} is {told} here, which Jira Cloud cannot reach."
        return warn("DNS", said, "All is well if the name has a public address outside; otherwise give it one.")
    return ok("DNS", f"{host} is {told}.")


def certificate(public_url: str, needed: Need) -> Check:
    """Look at the certificate as Jira will, and at how long it lasts."""
    host, port = urlsplit(public_url).hostname or "", urlsplit(public_url).port or 443
    if select_proxy(public_url, get_environ_proxies(public_url)):
        said = f"{host} is reached through a proxy from here, so its certificate cannot be seen."
        return warn("TLS", said, f"Look at it from elsewhere: openssl s_client -connect {host}:{port}.")
    try:
        # Jira Cloud trusts what everybody trusts, not what this machine was taught to trust.
        left = days_left(host, port, certifi.where() if needed.public else None)
    except ssl.SSLCertVerificationError as error:
        cure = "Serve the whole chain, of an authority that Jira trusts, for this very name; then try again."
        return fail("TLS", f"The certificate of {host} is not accepted: {error.verify_message}.", cure)
    except OSError as error:
        said = f"No TLS with {host}:{port}: {getattr(error, 'reason', None) or error.strerror or error}."
        return fail("TLS", said, "Check that a server with a certificate listens there, and firewall and port.")
    said = f"The certificate of {host} lasts {left} more days."
    return ok("TLS", said) if left >= _ENDS_SOON else warn("TLS", said, "Renew it, and see why that is not automatic.")


def days_left(host: str, port: int, authorities: str | None) -> int:
    """Shake hands and tell how many days the certificate lasts; raise SSLCertVerificationError where it is not trusted.

    `authorities` is a file of certificates to trust; None means what this machine trusts.
    """
    context = ssl.create_default_context(cafile=authorities)
    with (
        socket.create_connection((host, port), _SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        told = secured.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(told["notAfter"]))
    return int((ends - time.time()) // _DAY)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
