"""Talk to a Jira: one client, two deployments."""

from requests.auth import AuthBase

from app.jira.auth import ApiToken, PersonalAccessToken
from app.jira.base import Jira
from app.jira.budget import Budget
from app.jira.client import JiraClient
from app.jira.cloud import CloudJira
from app.jira.datacenter import DataCenterJira
from app.jira.errors import Invalid, JiraError, NotOffered
from app.jira.retrying import RetryPolicy
from app.jira.values import Moved

__all__ = [
    "ApiToken",
    "Budget",
    "Jira",
    "JiraError",
    "Moved",
    "NotOffered",
    "PersonalAccessToken",
    "RetryPolicy",
    "connect",
]

_DEPLOYMENTS: dict[str, type[Jira]] = {"cloud": CloudJira, "datacenter": DataCenterJira}


def connect(
    deployment: str,
    base_url: str,
    auth: AuthBase,
    *,
    retries: RetryPolicy | None = None,
    budget: Budget | None = None,
) -> Jira:
    """Return the Jira at an address; nothing is sent yet. `deployment` is cloud or datacenter.

    `budget` is shared with all others who talk to the same Jira as the same account.
    """
    if deployment not in _DEPLOYMENTS:
        raise Invalid(f"There is no deployment {deployment!r}.", "Choose cloud or datacenter.", sent=False)
    return _DEPLOYMENTS[deployment](JiraClient(base_url, auth, retries=retries, budget=budget))
