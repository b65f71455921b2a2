"""What a Jira can be asked beyond a single issue: who we are there, what it is, its projects, a search."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar

from app.events.event import Issue, User
from app.jira import clock, paging, reading
from app.jira.client import JiraClient, segment
from app.jira.errors import Invalid, NotFound
from app.jira.moments import now
from app.jira.values import IssueType, Server

#: Jira's built-in permissions that concern a project.
PROJECT_PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
    "DELETE_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "ADMINISTER_PROJECTS",
)
#: Those that are granted for the whole site.
GLOBAL_PERMISSIONS = ("ADMINISTER", "SYSTEM_ADMIN", "CREATE_PROJECT", "BULK_CHANGE")


class Site(ABC):
    """Ask one Jira as one account."""

    #: Where this deployment's REST API begins.
    api: ClassVar[str]

    def __init__(self, client: JiraClient) -> None:
        self.client = client

    @cached_property
    def account(self) -> User:
        """The account we are, asked once."""
        return self.myself()

    def myself(self) -> User:
        """Ask who we are; this is the cheapest call that proves the credentials."""
        return reading.user(self.client.send("GET", f"{self.api}/myself"))

    def server(self) -> Server:
        """Ask what Jira this is; Jira answers that without credentials too."""
        asked = now()
        told, headers = self.client.ask("GET", f"{self.api}/serverInfo")
        return reading.server(told, clock.skew(told, headers, asked))

    def project(self, key: str) -> str:
        """Return the name of a project; its key must be exact, though Jira answers to old ones and any case too."""
        found, name = reading.project(self._project(key))
        if found != key:
            raise NotFound(f"There is no project {key}; Jira knows {name} as {found}.", f"Say {found}.", sent=False)
        return name

    @abstractmethod
    def projects(self) -> list[tuple[str, str]]:
        """List key and name of every project that our account may browse."""

    def issue_types(self, project: str) -> list[IssueType]:
        """List the types of issue that a project has, in Jira's order."""
        return reading.issue_types(self._project(project))

    def permissions(
        self, project: str | None = None, keys: Collection[str] = (*PROJECT_PERMISSIONS, *GLOBAL_PERMISSIONS)
    ) -> dict[str, bool]:
        """Tell which of these permissions our account has; without a project, whether it has them in any.

        Those that this Jira does not know are left out.
        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/
        """
        try:
            return reading.permissions(self._permissions(project, keys), keys)
        except Invalid as refused:
            known = [key for key in keys if key not in refused.fields]
            if len(known) == len(keys):
                raise
            return self.permissions(project, known)

    @abstractmethod
    def search(self, jql: str, fields: Sequence[str]) -> Iterator[Issue]:
        """Yield the issues that a search finds, with these fields; pages are asked for as they are needed.

        At most 10,000 come. On Cloud what changed within the last seconds can be missing.
        """

    def _project(self, key: str) -> Any:
        return self.client.send("GET", f"{self.api}/project/{segment(key)}")

    @abstractmethod
    def _permissions(self, project: str | None, keys: Collection[str]) -> Any:
        """Ask for permissions by their keys."""

    def _pages(self, path: str, items: str, **query: str) -> Iterator[list[Any]]:
        def page(start: int) -> Any:
            return self.client.send("GET", path, query={**query, "startAt": start, "maxResults": paging.PAGE})

        return paging.by_offset(page, items)
