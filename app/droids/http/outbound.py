"""Where we connect to: over https, to public addresses, and to just the address that was looked at."""

import ipaddress
import os
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from app.droids.base import DroidMisconfigured

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Ranges that lead to an address hidden in them, or that Python's registry took for global for some time.
#: https://www.iana.org/assignments/iana-ipv6-special-registry/ and iana-ipv4-special-registry
_INDIRECT = [
    ipaddress.ip_network(block)
    for block in ("64:ff9b::/32", "2001::/23", "2002::/16", "3fff::/20", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24")
]


def is_public(address: _Address) -> bool:
    """Tell whether an address is one of the public internet's, for one receiver."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.is_site_local:
            return False
    odd = address.is_multicast or address.is_reserved or any(address in block for block in _INDIRECT)
    return address.is_global and not odd


def is_listed(url: str, hosts: Collection[str]) -> bool:
    """Tell whether the admin trusts the host of a URL, whatever its scheme and address."""
    return (urlsplit(url).hostname or "") in {host.casefold().strip("[]") for host in hosts}


def open_session(url: str, hosts: Collection[str]) -> requests.Session:
    """Make a session for one URL; unless its host is listed, it connects to public addresses only.

    Proxies and .netrc are left out, because a proxy would resolve the name anew and go where it likes.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    if not is_listed(url, hosts):
        session.mount("https://", PublicOnly())
    return session


class PublicOnly(HTTPAdapter):
    """Resolves a name once, checks all it resolves to, and connects to what was checked.

    A check before the connection resolves would be passed by a name that changes in between. TLS still verifies the
    name. Only for https.
    """

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Put the checked address in the place of the name; raises DroidMisconfigured, and OSError without a name."""
        place, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        name = place["host"]
        address = self._checked(name, place["port"] or 443)
        place["host"] = f"[{address}]" if ":" in address else address
        request.headers["Host"] = urlsplit(request.url or "").netloc
        return place, tls | {"server_hostname": name}

    def _checked(self, name: str, port: int) -> str:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
        for address in found:
            if not is_public(ipaddress.ip_address(address)):
                raise DroidMisconfigured(
                    f"JIRA_REACTOR_DROID_URL leads to {name}, and its address {address} is not a public one.",
                    f"If that is meant, put {name} into JIRA_REACTOR_DROID_HOSTS.",
                )
        return found[0]
