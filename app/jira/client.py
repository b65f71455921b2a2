"""The one place that talks HTTP to a Jira."""

import json
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.auth import AuthBase

from app.jira import answers, diagnosing
from app.jira.answers import Answer
from app.jira.budget import Budget
from app.jira.errors import Invalid, JiraError, RateLimited, Unauthenticated
from app.jira.pacing import Pacing
from app.jira.retrying import RetryPolicy

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
MOST_REDIRECTS = 5

Query = Mapping[str, str | int | bool]


class JiraClient:
    """Send calls to one Jira and to nothing else.

    `base_url` is the address people use, with the context path if Jira has one; at api.atlassian.com it ends with
    /ex/jira/<cloudId>. Proxies and own certificate authorities come from the environment (HTTPS_PROXY,
    REQUESTS_CA_BUNDLE), as requests reads them. An `auth` that offers `renew() -> bool` gets new credentials by it
    once Jira refused the old ones, and the call is then sent once more. `budget` keeps the waits that Jira asks for.
    """

    def __init__(
        self, base_url: str, auth: AuthBase, *, retries: RetryPolicy | None = None, budget: Budget | None = None
    ) -> None:
        self.base_url = _checked(base_url)
        self._auth = auth
        self._retries = retries or RetryPolicy()
        self._pacing = Pacing(budget, self._retries) if budget else None
        self._session = _Session()
        self._session.headers["User-Agent"] = "jira-reactor"
        # Every call is signed by itself; a kept session cookie could outlive the token or belong to another account.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def __repr__(self) -> str:
        return f"JiraClient({self.base_url!r})"

    def send(
        self, method: str, path: str, *, query: Query | None = None, body: Any = None, safe: bool | None = None
    ) -> Any:
        """Send one call and return the JSON it answers with, or None.

        `path` starts with /rest/ below the base URL. `safe` says that repeating the call changes nothing; GET is safe
        unless told otherwise. Safe calls are repeated on every transient failure, others only where Jira surely did
        not execute them. Raise JiraError for everything that is not a success.
        """
        return self.ask(method, path, query=query, body=body, safe=safe)[0]

    def ask(
        self, method: str, path: str, *, query: Query | None = None, body: Any = None, safe: bool | None = None
    ) -> tuple[Any, Mapping[str, str]]:
        """Send one call as `send` does and return the JSON together with the headers it came with."""
        safe = method == "GET" if safe is None else safe
        return self._retries.run(lambda: self._paced(method, path, query or {}, body), safe=safe)

    def _paced(self, method: str, path: str, query: Query, body: Any) -> tuple[Any, Mapping[str, str]]:
        if self._pacing is None:
            return self._signed(method, path, query, body)
        self._pacing.await_turn(method, path)
        try:
            told, headers = self._signed(method, path, query, body)
        except RateLimited as refused:
            self._pacing.refused(refused, method, path)
            raise
        self._pacing.answered(headers, method, path)
        return told, headers

    def _signed(self, method: str, path: str, query: Query, body: Any) -> tuple[Any, Mapping[str, str]]:
        try:
            return self._once(method, path, query, body)
        except Unauthenticated as refused:
            # Without a status it was the credentials themselves that could not be had, and Jira was not asked.
            renew = getattr(self._auth, "renew", None) if refused.status else None
            if renew is None or not renew():
                raise
        return self._once(method, path, query, body)

    def _once(self, method: str, path: str, query: Query, body: Any) -> tuple[Any, Mapping[str, str]]:
        url = self.base_url + path
        answer = self._exchange(method, url, query, body)
        for _ in range(MOST_REDIRECTS if method == "GET" else 0):
            if not (target := self._inside(url, answer)):
                break
            url = target
            answer = self._exchange(method, url, {}, body)
        return diagnosing.content(answer), answer.headers

    def _exchange(self, method: str, url: str, query: Query, body: Any) -> Answer:
        request = f"{method} {url}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if data else {})
        try:
            response = self._session.request(
                method,
                url,
                params={name: _wire(value) for name, value in query.items()},
                data=data,
                headers=headers,
                auth=self._auth,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            return answers.read(response, request)
        except requests.RequestException as problem:
            error = diagnosing.unreachable(problem, request)
        # Raised out here, so that the error does not drag along the request with its credentials.
        raise error

    def _inside(self, url: str, answer: Answer) -> str:
        """Return where a redirect leads if that is below the base URL, else nothing."""
        location = answer.headers.get("Location", "") if 300 <= answer.status < 400 else ""
        base, target = urlsplit(self.base_url), urlsplit(urljoin(url, location))
        same = (target.scheme, target.netloc.lower()) == (base.scheme, base.netloc.lower())
        if not location or not same or not target.path.startswith(f"{base.path}/"):
            return ""
        return target._replace(fragment="").geturl()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # requests would read the body of every redirect, however long, and take the credentials along.
        return None


def segment(value: str) -> str:
    """Quote a key, id or name for use as one segment of a path."""
    if not value.strip(".") or any(ord(char) < 32 for char in value):
        raise Invalid(
            f"{value!r} cannot stand in an address of Jira.", "Give the key or id that Jira shows.", sent=False
        )
    return quote(value, safe="")


def _wire(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(base_url: str) -> str:
    url = base_url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        requests.Request("GET", url).prepare()
    except (ValueError, requests.RequestException):
        good = False
    if not good or "@" in parts.netloc or parts.query or parts.fragment:
        raise _bad_address()
    return url


def _bad_address() -> JiraError:
    # The address is not repeated: people paste user:password@host.
    return Invalid(
        "The Jira base URL is not an address we can call.",
        "Give it as https://your-site.atlassian.net, or with its context path as https://jira.example.com/jira;"
        " without user, query or fragment.",
        sent=False,
    )
