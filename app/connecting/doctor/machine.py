"""Checks of the machine we run on: disk, the vault's key file, proxies."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from app.connecting.doctor.check import Check, fail, ok, warn
from app.settings import Settings
from app.storage.vault import Vault

_MEGABYTE = 1024 * 1024
#: Below this much free space SQLite and logs soon cannot write.
_TOO_FULL, _NEARLY_FULL = 200 * _MEGABYTE, 1024 * _MEGABYTE
_PROXY_NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def disk(settings: Settings) -> Check:
    """Look at the space left where our files are."""
    folder = next(place for place in (settings.home, *settings.home.parents) if place.is_dir())
    free = shutil.disk_usage(folder).free
    said = f"{free // _MEGABYTE} MB are free in {folder}."
    if free < _TOO_FULL:
        return fail("disk", said, "Make room; deliveries cannot be kept on a full disk.")
    return ok("disk", said) if free >= _NEARLY_FULL else warn("disk", said, "Make room before it is full.")


def vault_key(settings: Settings, vault: Vault) -> Check:
    """Look at who can read the key that opens every stored secret."""
    if settings.keys:
        return ok("vault key", "The keys come from JIRA_REACTOR_KEYS.")
    if not vault.key_file.exists():
        return ok("vault key", f"{vault.key_file} is made when the first secret is stored.")
    mode = stat.S_IMODE(vault.key_file.stat().st_mode)
    if mode & 0o077:
        said = f"{vault.key_file} has the mode {mode:04o}, so others on this machine can read it."
        return fail("vault key", said, f"chmod 600 {vault.key_file}, and think about who read it already.")
    if not os.access(vault.key_file, os.R_OK):
        return fail("vault key", f"{vault.key_file} cannot be read by this user.", "Run as the user of the service.")
    return ok("vault key", f"Only its owner can read {vault.key_file}.")


def proxies(urls: Sequence[str], environ: Mapping[str, str]) -> Iterator[Check]:
    """Say which way the addresses we call are reached."""
    given = [name for name in _PROXY_NAMES if environ.get(name) or environ.get(name.lower())]
    if not given:
        yield ok("proxy", "No proxy is set; everything is called directly.")
        return
    for url in urls:
        proxy = select_proxy(url, get_environ_proxies(url))
        host = urlsplit(url).hostname
        if not proxy:
            yield ok("proxy", f"{host} is called directly ({', '.join(given)}).")
            continue
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        yield _through(host or url, parts.hostname or "", _port(parts.netloc))


def _through(host: str, proxy: str, port: str) -> Check:
    if not proxy:
        return fail("proxy", f"The proxy set for {host} is no address.", "Set HTTPS_PROXY to http://HOST:PORT.")
    if host in ("localhost", "127.0.0.1", "::1"):
        said = f"{host} is this machine, but is called through the proxy {proxy}{port}."
        return warn("proxy", said, f"Add {host} to NO_PROXY.")
    return ok("proxy", f"{host} is called through {proxy}{port}.")


def _port(netloc: str) -> str:
    port = netloc.rpartition("@")[2].rpartition(":")[2]
    return f":{port}" if port.isdigit() else ""


def home(settings: Settings) -> Check:
    """Look at the folder of our files."""
    folder: Path = settings.home
    if not folder.is_dir():
        return warn("home", f"{folder} is not there yet.", "`jira-reactor upgrade` makes it.")
    if not os.access(folder, os.W_OK):
        return fail("home", f"{folder} cannot be written by this user.", "Run as the user of the service.")
    return ok("home", f"{folder} can be written.")
