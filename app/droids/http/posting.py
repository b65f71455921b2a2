"""One signed POST, and what came back, read without trusting its size or its speed."""

import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from app.droids.base import DroidError, DroidMisconfigured, DroidUnstartable
from app.droids.cleaning import one_line
from app.droids.http.outbound import open_session

CONNECT_SECONDS = 5.0
#: Bytes; no comment of Jira's holds a tenth of it.
MOST_BYTES = 1_000_000
#: Seconds we let ourselves be asked to wait: the worker holds a slot meanwhile.
LONGEST_WAIT = 300.0
_PIECE = 64 * 1024
_LONGEST_LINE = 300


@dataclass(frozen=True)
class Answer:
    """What a remote droid answered; `body` ends where it grew longer than MOST_BYTES."""

    status: int
    body: bytes
    location: str = ""
    #: Seconds, at most LONGEST_WAIT; None where it asked for none.
    retry_after: float | None = None

    @property
    def too_long(self) -> bool:
        """Tell whether more came than is read."""
        return len(self.body) > MOST_BYTES

    def first_line(self) -> str:
        """Give the first line that says something, fit for a message."""
        lines = (one_line(line) for line in self.body[:_PIECE].decode(errors="replace").splitlines())
        return next(filter(None, lines), "")[:_LONGEST_LINE]


def post(url: str, hosts: Collection[str], headers: dict[str, str], body: str, seconds: float) -> Answer:
    """Post a message and read the answer for at most about `seconds`.

    Raises DroidMisconfigured for an address that may not be used or does not prove who it is, and DroidUnstartable
    where nobody answered.
    """
    headers = headers | {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "jira-reactor",
    }
    try:
        with open_session(url, hosts) as session:
            response = session.post(
                url,
                data=body.encode(),
                headers=headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                # The target was checked, and where it sends us was not.
                allow_redirects=False,
                stream=True,
            )
            return _read(response, time.monotonic() + seconds)
    except (OSError, HTTPError) as problem:
        error = _unreachable(url, problem)
    # Raised out here, so that the error does not drag along the request with its prompt.
    raise error


def _read(response: requests.Response, deadline: float) -> Answer:
    body = bytearray()
    with response:
        # iter_content would wait for a whole piece, however slowly its bytes come.
        while len(body) <= MOST_BYTES and (piece := response.raw.read1(_PIECE, decode_content=True)):
            body += piece
            if time.monotonic() > deadline:
                raise requests.ReadTimeout("the answer did not end")
    headers = response.headers
    return Answer(
        response.status_code, bytes(body), headers.get("Location", ""), _retry_after(headers.get("Retry-After", ""))
    )


def _retry_after(header: str) -> float | None:
    """Read seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after ."""
    if header.isdecimal():
        return min(float(header), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(wait.total_seconds(), 0.0), LONGEST_WAIT)


def _unreachable(url: str, problem: OSError | HTTPError) -> DroidError:
    host = urlsplit(url).netloc
    if distrust := _distrust(problem):
        return DroidMisconfigured(
            f"{host}, which JIRA_REACTOR_DROID_URL names, does not prove who it is ({distrust}).",
            "Give it a certificate for its name that is valid here; REQUESTS_CA_BUNDLE names authorities of your own.",
        )
    if isinstance(problem, requests.exceptions.InvalidURL):
        return DroidMisconfigured(f"{host} is no host.", "Correct JIRA_REACTOR_DROID_URL.")
    what = (
        "did not answer in time" if isinstance(problem, requests.Timeout | ReadTimeoutError) else "could not be reached"
    )
    return DroidUnstartable(
        f"The remote droid at {host} {what}.",
        "Look whether it runs, and whether JIRA_REACTOR_DROID_URL names it.",
    )


def _distrust(problem: BaseException) -> str:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""
