"""What goes wrong between us and Jira, one class per cause.

JiraError
├── Unreachable       no connection, no answer in time, or it broke off        transient
│   └── Untrusted     TLS could not be set up
├── Unauthenticated   401: Jira does not accept the credentials
├── Forbidden         403: the account lacks a permission
├── NotFound          404: not there, or not visible to the account
├── Conflict          409: somebody changed it at the same moment              transient
├── RateLimited       429: not executed, to be repeated later                  transient
│   └── HeldBack      not even sent, because Jira asked for a long wait
├── Invalid           other 4xx, or what we found out before asking
│   ├── LimitReached  Jira keeps no more of these for us
│   └── NotOffered    the workflow has no way there
├── Redirected        the address points elsewhere
├── NotJira           something answered that is no Jira REST API
└── JiraBroken        5xx, or an answer nobody can read                        transient
"""

from collections.abc import Mapping

from app.errors import ReactorError


class JiraError(ReactorError):
    """Say what Jira refused or why it was not reached.

    `sent` is False only where Jira surely did not execute the call, so that a write may be repeated without looking
    for its marker. `fields` maps the names of fields Jira complained about to its complaint.
    """

    #: Whether trying the same call again, later, can help.
    transient = False

    def __init__(
        self,
        message: str,
        cure: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        sent: bool = True,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, cure)
        self.status = status
        self.retry_after = retry_after
        self.sent = sent
        self.fields = dict(fields or {})


class Unreachable(JiraError):
    """No connection to Jira, or no complete answer from it."""

    transient = True


class Untrusted(Unreachable):
    """The other side speaks no TLS, or with a certificate we do not trust."""

    transient = False


class Unauthenticated(JiraError):
    """Jira does not accept the credentials."""


class Forbidden(JiraError):
    """The account may not do this."""


class NotFound(JiraError):
    """It is not there, or the account may not see it; Jira does not tell the two apart."""


class Conflict(JiraError):
    """Somebody changed the same thing at the same moment."""

    transient = True


class RateLimited(JiraError):
    """Jira counts too many calls; `reason` is its RateLimit-Reason, empty where it gives none."""

    transient = True
    reason = ""


class HeldBack(RateLimited):
    """We did not send the call, because Jira asked for a wait that is too long to hold a thread for."""


class Invalid(JiraError):
    """The call cannot be carried out as it is."""


class LimitReached(Invalid):
    """Jira keeps no more of these for us."""


class NotOffered(Invalid):
    """The workflow has no way, or none open to our account, to where the issue shall go."""


class Redirected(JiraError):
    """The address answers with a pointer to another one, which we do not follow."""


class NotJira(JiraError):
    """Something answered, but not with Jira's REST API."""


class JiraBroken(JiraError):
    """Jira failed by itself, or its answer cannot be read."""

    transient = True
