"""One request to the REST API, with what every resource needs to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.simulator.issues import Comment, Issue, Project
from app.simulator.people import App, Person
from app.simulator.refused import Refused, hidden
from app.simulator.rendering import Rendering
from app.simulator.site import Site
from app.simulator.webhooks import Webhooks

#: A status and the JSON to send with it; None sends nothing.
Answer = tuple[int, Any]


@dataclass(frozen=True)
class Call:
    """A request whose sender is known; `app` is set where an OAuth app sent it."""

    site: Site
    webhooks: Webhooks
    person: Person
    app: App | None
    query: MultiDict[str, str]
    content: Any
    #: What stands before the API's own path in links to it: that of the gateway, for what came through it.
    root: str = ""

    @property
    def show(self) -> Rendering:
        """Give the writer of this face's JSON."""
        return Rendering(self.site, f"{self.root}{self.site.face.api}")

    @property
    def json(self) -> Mapping[str, Any]:
        """Give the body, which must be a JSON object."""
        if not isinstance(self.content, Mapping):
            raise Refused("Invalid request payload. Refer to the REST API documentation and try again.")
        return self.content

    def may(self, permission: str, project: Project) -> bool:
        """Say whether the sender holds a permission."""
        return self.site.may(self.person, permission, project.key)

    def issue(self, reference: str) -> Issue:
        """Find an issue the sender may see."""
        issue = self.site.issue(reference)
        if issue is None or not self.may("BROWSE_PROJECTS", issue.project):
            raise Refused("Issue does not exist or you do not have permission to see it.", status=404)
        return issue

    def project(self, reference: str) -> Project:
        """Find a project the sender may see."""
        project = self.site.project(reference)
        if project is None or not self.may("BROWSE_PROJECTS", project):
            raise Refused(f"No project could be found with key '{reference}'.", status=404)
        return project

    def comment(self, reference: str) -> tuple[Issue, Comment]:
        """Find a comment, wherever it is, that the sender may see."""
        wanted = int(reference) if reference.isdigit() else -1
        for issue in self.site.issues.values():
            comment = issue.comment(wanted)
            if comment and self.may("BROWSE_PROJECTS", issue.project):
                return issue, comment
        raise Refused(f"Can not find a comment for the id: {reference}.", status=404)

    def expands(self, name: str) -> bool:
        """Say whether the request asks for something to be expanded, in its query or its body."""
        sent = self.content.get("expand") or "" if isinstance(self.content, Mapping) else ""
        asked = [*self.query.getlist("expand"), sent if isinstance(sent, str) else ",".join(sent)]
        return name in ",".join(asked).split(",")

    def number(self, name: str, default: int) -> int:
        """Read a whole number from the query."""
        value = self.query.get(name, "")
        return int(value) if value.isdigit() else default

    def page(self, values: list[Any], *, size: int) -> tuple[list[Any], dict[str, int]]:
        """Cut out the page that was asked for, never longer than `size`; the second value tells which it is."""
        start, length = self.number("startAt", 0), min(self.number("maxResults", size), size)
        return values[start : start + length], {"startAt": start, "maxResults": length, "total": len(values)}

    def require(self, permission: str, project: Project, message: str, *, status: int = 403) -> None:
        """Refuse where the sender lacks a permission."""
        if not self.may(permission, project):
            raise Refused(message, status=status)

    def found_person(self, reference: str) -> Person:
        """Find an account by whatever this face names people with."""
        person = self.site.person(reference)
        if person is None:
            raise hidden("User")
        return person
