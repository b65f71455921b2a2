"""What an answer, or its absence, means: content, or the error that names the cause and the cure."""

import re
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ReadTimeoutError

from app.jira import cures
from app.jira.answers import Answer
from app.jira.errors import (
    Conflict,
    Forbidden,
    Invalid,
    JiraBroken,
    JiraError,
    NotFound,
    NotJira,
    RateLimited,
    Redirected,
    Unauthenticated,
    Unreachable,
    Untrusted,
)
from app.jira.moments import milliseconds, now

_CAUSES: dict[int, type[JiraError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    408: JiraBroken,
    409: Conflict,
    429: RateLimited,
}


def content(answer: Answer) -> Any:
    """Return the JSON of a success; raise the JiraError that an answer stands for."""
    if answer.status >= 400:
        raise refusal(answer)
    if 300 <= answer.status < 400:
        raise _redirected(answer)
    try:
        return answer.json()
    except ValueError:
        raise _unreadable(answer) from None


def refusal(answer: Answer) -> JiraError:
    """Turn an error answer of Jira, or of something in front of it, into the error of its cause."""
    cause = _cause(answer)
    told, fields = _complaints(answer)
    message = f"Jira answered {answer.status} to {answer.request}{': ' + told if told else '.'}"
    error = cause(
        message,
        cures.of(cause, answer),
        status=answer.status,
        retry_after=retry_after(answer.headers),
        sent=cause is JiraBroken,
        fields=fields,
    )
    if isinstance(error, RateLimited):
        error.reason = answer.headers.get("RateLimit-Reason", "")
    return error


def unreachable(problem: requests.RequestException, request: str) -> JiraError:
    """Turn a failed exchange into an error, noting whether Jira can have seen the call."""
    origin = _origin(problem)
    host = urlsplit(request.partition(" ")[2]).netloc
    if isinstance(origin, ssl.SSLError):
        refused = isinstance(origin, ssl.SSLCertVerificationError)
        what = getattr(origin, "verify_message", "") or origin.reason or "the connection broke"
        # A connection can also lose its encryption after the call went out.
        early = refused or origin.reason == "WRONG_VERSION_NUMBER"
        return Untrusted(f"No TLS with {host} for {request}: {what}.", cures.TLS, sent=not early)
    if isinstance(origin, NameResolutionError):
        return Unreachable(f"The name of {host} is not known, so {request} was not sent.", cures.NAME, sent=False)
    if isinstance(origin, NewConnectionError | ConnectTimeoutError):
        return Unreachable(f"{host} accepts no connection, so {request} was not sent.", cures.CONNECTION, sent=False)
    if isinstance(problem, requests.Timeout) or isinstance(origin, ReadTimeoutError):
        return Unreachable(f"{host} did not answer {request} in time.", cures.SILENCE)
    return Unreachable(f"The connection to {host} broke during {request}.", cures.SILENCE)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds Jira asks us to wait, whichever of its headers says so.

    A used up quota comes back at the reset and not before, whatever Retry-After says.
    """
    wanted = _seconds(headers.get("Retry-After", ""))
    reset = _until(milliseconds(headers.get("X-RateLimit-Reset")))
    if wanted is None or not headers.get("RateLimit-Reason", "").startswith("jira-quota"):
        return reset if wanted is None else wanted
    return max(wanted, reset or 0.0)


def _seconds(wanted: str) -> float | None:
    if re.fullmatch(r"\d+(\.\d+)?", wanted.strip()):
        return float(wanted)
    try:
        return _until(round(parsedate_to_datetime(wanted).timestamp() * 1000))
    except ValueError:
        return None


def _until(moment: int | None) -> float | None:
    return None if moment is None else max(0.0, (moment - now()) / 1000)


def _cause(answer: Answer) -> type[JiraError]:
    # With wrong credentials Jira often goes on anonymously and then answers 404; only this header tells.
    login = answer.headers.get("X-Seraph-LoginReason", "")
    if login.startswith("AUTHENTICAT") and login.endswith(("FAILED", "DENIED")) and answer.status < 429:
        return Unauthenticated
    if answer.status == 401 and cures.beyond_scopes(answer):
        return Forbidden
    return _CAUSES.get(answer.status, Invalid if answer.status < 500 else JiraBroken)


def _complaints(answer: Answer) -> tuple[str, dict[str, str]]:
    if answer.is_html:
        return f"a web page titled {answer.title() or 'nothing'!r}.", {}
    try:
        told = answer.json()
    except ValueError:
        return _tidy(answer.body[:2000].decode("utf-8", "replace")), {}
    if not isinstance(told, dict):
        return "", {}
    listed, named = told.get("errorMessages"), told.get("errors")
    texts = [_tidy(text) for text in listed] if isinstance(listed, list) else []
    fields = {_tidy(name): _tidy(text) for name, text in named.items()} if isinstance(named, dict) else {}
    # Gateways and plugins answer in shapes of their own.
    texts = (
        texts or [_tidy(told[name]) for name in ("message", "errorMessage", "error", "detail") if told.get(name)][:1]
    )
    return " ".join([*texts, *(f"Field {name}: {text}" for name, text in fields.items())]), fields


def _tidy(text: object) -> str:
    short = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", str(text)).split())
    return short if len(short) <= 400 else f"{short[:399]}…"


def _redirected(answer: Answer) -> JiraError:
    target = urlsplit(answer.headers.get("Location", ""))
    place = f"{target.scheme}://{target.hostname}{target.path}" if target.hostname else target.path
    return Redirected(
        f"{answer.request} was redirected to {_tidy(place)}.", cures.REDIRECT, status=answer.status, sent=False
    )


def _unreadable(answer: Answer) -> JiraError:
    if answer.is_html:
        told = f"with a web page titled {answer.title() or 'nothing'!r}"
        return NotJira(f"{answer.request} was answered {told} instead of JSON.", cures.NOT_JIRA, status=answer.status)
    return JiraBroken(f"The answer to {answer.request} is no JSON.", cures.BROKEN, status=answer.status)


def _origin(problem: BaseException) -> BaseException:
    """Dig out of requests' wrapping what urllib3 or the socket said."""
    inner: Any = problem
    while True:
        inside = getattr(inner, "reason", None)
        inside = inside if isinstance(inside, BaseException) else next(iter(inner.args), None)
        if not isinstance(inside, BaseException) or isinstance(inner, NewConnectionError | ConnectTimeoutError):
            return inner  # type: ignore[no-any-return]
        inner = inside
