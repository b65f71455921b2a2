"""Knocking at our own public URL the way Jira does, to see who opens."""

import requests

from app.errors import ReactorError

_SECONDS = (5.0, 10.0)
#: The title of the answer that only a receiver gives which knows the connection and wants a signature.
_OURS = "The signature does not verify"


class Unreached(ReactorError):
    """Nothing, or something else than our receiver, answers at our public URL."""


def probe(public_url: str, connection_id: str) -> str:
    """Send an unsigned delivery, which the right receiver refuses, and say what answered; raises Unreached."""
    url = f"{public_url}/webhooks/jira/{connection_id}"
    try:
        answer = requests.post(
            url, json={}, headers={"User-Agent": "jira-reactor probe"}, timeout=_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise _unanswered(public_url, error) from None
    title = _title(answer)
    if answer.status_code == 401 and title == _OURS:
        return f"The receiver answers at {public_url} and refuses what is not signed."
    raise _other(public_url, answer.status_code, title)


def _unanswered(public_url: str, error: requests.RequestException) -> Unreached:
    if isinstance(error, requests.exceptions.SSLError):
        return Unreached(
            f"No TLS with {public_url}: its certificate or its port is wrong.", "`jira-reactor doctor` says which."
        )
    return Unreached(
        f"Nothing answers at {public_url} ({type(error).__name__}).",
        "Start `jira-reactor serve`, and let the proxy in front of it pass /webhooks/ on to JIRA_REACTOR_BIND.",
    )


def _other(public_url: str, status: int, title: str) -> Unreached:
    if status == 404 and title == "There is no such connection":
        return Unreached(
            f"The receiver at {public_url} does not know this connection: it is another installation.",
            "Let it use the same JIRA_REACTOR_DATABASE_URL, or set JIRA_REACTOR_PUBLIC_URL to the right one.",
        )
    if status == 503:
        return Unreached(
            f"The receiver at {public_url} answers 503: it cannot store deliveries.",
            "Read its log; `jira-reactor doctor` beside it looks at its database.",
        )
    return Unreached(
        f"Something else than our receiver answers at {public_url} ({status} {title}).".replace(" )", ")"),
        "Let the proxy in front of the receiver pass POST /webhooks/ on unchanged, without a login page before it.",
    )


def _title(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told.get("title") or "") if isinstance(told, dict) else ""
