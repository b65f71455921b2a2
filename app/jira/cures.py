"""What to do about each refusal, in words for the admin who reads them."""

import re

from app.jira.answers import Answer
from app.jira.errors import Conflict, Forbidden, Invalid, JiraBroken, JiraError, NotFound, RateLimited, Unauthenticated

TLS = (
    "Check that the base URL's scheme and port are right; for a certificate of your own authority,"
    " name its file in REQUESTS_CA_BUNDLE."
)
NAME = "Check the host in the base URL, and this machine's DNS."
CONNECTION = "Check the host and port in the base URL, and firewall and proxy (HTTPS_PROXY) on the way to it."
SILENCE = "Nothing to mend if it happens now and then; otherwise look at Jira's load and the network on the way to it."
REDIRECT = "Connect with the address that Jira redirects to, if that is your Jira; the base URL must be its final one."
NOT_JIRA = (
    "Check that the base URL is Jira's own, with its context path (such as /jira),"
    " and that no login page stands in front of its REST API."
)
BROKEN = "Try again later; if it stays, look at Jira's own log or status page."

_LOGIN = (
    "Make a new API token (Cloud) or personal access token (Data Center) for the service account and reconnect."
    " A Cloud token with scopes works only at https://api.atlassian.com/ex/jira/<cloudId>, one without only at the"
    " site's own address."
)
_CAPTCHA = (
    "Jira locked the account after failed logins: log in as the service account in a browser,"
    " solve the CAPTCHA, then reconnect."
)
_NOT_FOUND = (
    "Check that it exists and that the service account may see it:"
    " Browse Projects in the project's permissions, and issue security."
)
_INVALID = (
    "Mend what Jira names. A field that cannot be set is missing on the project's screens,"
    " or the service account lacks Edit Issues or, to assign, Assign Issues."
)
_APPS_ONLY = (
    "Only an OAuth app may register webhooks there; with any other credentials, register a webhook in Jira's system"
    " settings instead: `jira-reactor webhooks register` says how."
)
_ADMINISTRATORS_ONLY = (
    "That takes Administer Jira, which the service account does not need: lend an administrator's token with"
    " --admin-token-file (on Cloud with --admin-email too), or let an administrator do it by hand."
)
_SCOPES = (
    "The scopes of the token do not cover this call: make a token, or consent anew, with read:jira-user, read:jira-work"
    " and write:jira-work."
)
_LIMITS = {
    "jira-per-issue-on-write": "Too many writes to this one issue; leave it alone for a while, other issues are free.",
    "jira-burst-based": "Too many calls of this kind within a second; slow this kind down, others are free.",
    "jira-quota-tenant-based": "The hourly quota of this site is used up; pause every call until it is reset.",
    "jira-quota-global-based": "The hourly quota of this app is used up; pause every call until it is reset.",
}
#: The permission that each kind of write needs, by the end of its path.
_PERMISSIONS = (
    (r"/comment/\d+$", "Edit Own Comments"),
    (r"/comment$", "Add Comments"),
    (r"/transitions$", "Transition Issues"),
    (r"/remotelink$", "Link Issues"),
    (r"/issue/[^/]+(/properties/[^/]+)?$", "Edit Issues (and Assign Issues to assign)"),
)


def of(cause: type[JiraError], answer: Answer) -> str:
    """Say what to do about an error answer of Jira."""
    if cause is RateLimited:
        reason = answer.headers.get("RateLimit-Reason", "")
        return _LIMITS.get(reason, "Too many calls; try again later, and less often.")
    if cause is NotFound and (answer.is_html or not answer.body):
        return NOT_JIRA
    return {
        Unauthenticated: _CAPTCHA if _locked(answer) else _LOGIN,
        Forbidden: _CAPTCHA if _locked(answer) else _allowance(answer),
        NotFound: _NOT_FOUND,
        Conflict: "Somebody changed the same thing at the same moment; try again.",
        Invalid: _permission(answer.request) if b"permission" in answer.body.lower() else _INVALID,
        JiraBroken: BROKEN,
    }[cause]


def _locked(answer: Answer) -> bool:
    return "CAPTCHA" in answer.headers.get("X-Authentication-Denied-Reason", "")


def beyond_scopes(answer: Answer) -> bool:
    """Tell whether the gateway accepts the credentials, but not for this call: it says so with a 401."""
    return b"scope does not match" in answer.body


def _allowance(answer: Answer) -> str:
    cure = _permission(answer.request)
    return _SCOPES if beyond_scopes(answer) and cure not in (_APPS_ONLY, _ADMINISTRATORS_ONLY) else cure


def _permission(request: str) -> str:
    method, _, url = request.partition(" ")
    path = url.partition("?")[0]
    if re.search(r"/rest/api/3/webhook(/refresh)?$", path):
        return _APPS_ONLY
    if re.search(r"/webhooks?(/\d+)?$", path):
        return _ADMINISTRATORS_ONLY
    needed = "Browse Projects" if method == "GET" else ""
    needed = needed or next((name for end, name in _PERMISSIONS if re.search(end, path)), "the permission for it")
    return f"Give the service account {needed} (Project settings > Permissions, or the global permissions), then retry."
