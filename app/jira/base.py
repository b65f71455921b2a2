"""What a Jira can be asked and told, whichever deployment it is."""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.events.event import Body, Comment, Issue, User
from app.jira import marker as marking
from app.jira import reading, transitions
from app.jira.client import segment
from app.jira.errors import Invalid, NotFound
from app.jira.site import Site
from app.jira.values import History, Moved, Transition


class Jira(Site):
    """Read from and write to one Jira as one account.

    Every write that Jira would do twice when told twice takes a `marker`: opaque, at most 120 characters, stored in
    Jira by the very same call, so that find_comment and find_change can tell whether it happened. All methods raise
    JiraError.
    """

    def issue(self, key: str) -> Issue:
        """Read an issue with all its fields."""
        return reading.issue(self.client.send("GET", self._at(key)))

    def comments(self, key: str) -> list[Comment]:
        """Read all comments of an issue that our account may see, oldest first."""
        return [reading.comment(told) for page in self._comment_pages(key, "created") for told in page]

    def transitions(self, key: str) -> list[Transition]:
        """Read which transitions Jira offers our account now, with the fields of their screens."""
        told = self.client.send("GET", f"{self._at(key)}/transitions", query={"expand": "transitions.fields"})
        return reading.transitions(told)

    @abstractmethod
    def changelog(self, key: str, since_ms: int = 0) -> list[History]:
        """Read what was changed in an issue at or after a moment, in milliseconds since the epoch, oldest first."""

    def create_issue(self, project: str, summary: str, issue_type: str | None = None) -> str:
        """Create an issue and return its key; without a type it is of the project's first that is no subtask.

        Told twice, Jira creates two.
        """
        types = [kind for kind in self.issue_types(project) if not kind.subtask and issue_type in (None, kind.name)]
        if not types:
            raise Invalid(
                f"Project {project} has no type of issue {issue_type or 'that stands by itself'}.",
                "See Project settings > Issue types.",
                sent=False,
            )
        fields = {"project": {"key": project}, "summary": summary, "issuetype": {"id": types[0].id}}
        return reading.created_key(self.client.send("POST", f"{self.api}/issue", body={"fields": fields}))

    def delete_issue(self, key: str) -> None:
        """Delete an issue and all it holds, for good."""
        self.client.send("DELETE", self._at(key))

    def delete_comment(self, key: str, comment_id: str) -> None:
        """Delete a comment."""
        self.client.send("DELETE", f"{self._at(key)}/comment/{segment(comment_id)}")

    def comment(
        self,
        key: str,
        markdown: str,
        *,
        marker: str,
        visibility: Mapping[str, Any] | None = None,
        internal: bool = False,
        thread: str | None = None,
    ) -> str:
        """Write a comment and return its id.

        `visibility` restricts it to a group or role, as another comment's visibility was read; `internal` hides it
        from the customers of a service project. `thread` is the comment that it replies to, on Cloud.
        """
        properties = [marking.as_property(marker)]
        if internal:
            properties.append({"key": marking.INTERNAL, "value": {"internal": True}})
        body: dict[str, Any] = {"body": self._body(markdown), "properties": properties}
        if visibility:
            body["visibility"] = self._visibility(visibility)
        body |= self._thread(thread)
        return reading.created_id(self.client.send("POST", f"{self._at(key)}/comment", body=body))

    @abstractmethod
    def edit_comment(self, key: str, comment_id: str, markdown: str) -> None:
        """Replace the text of a comment; who may see it stays as it is."""

    @abstractmethod
    def find_comment(self, key: str, marker: str) -> str | None:
        """Return the id of our newest comment that carries the marker, looking through the newest few hundred."""

    def is_internal(self, comment_id: str) -> bool:
        """Tell whether a comment is hidden from the customers of a service project."""
        value = self._property(f"{self.api}/comment/{segment(comment_id)}/properties/{marking.INTERNAL}")
        return isinstance(value, dict) and value.get("internal") in (True, "true")

    @abstractmethod
    def fits(self, markdown: str) -> bool:
        """Tell whether Jira takes this text as one comment."""

    def transition(
        self,
        key: str,
        to: str,
        *or_else: str,
        marker: str,
        fields: Mapping[str, Any] | None = None,
        backwards: bool = False,
    ) -> Moved:
        """Take an issue to a status, named as people see it, or to a category.

        Of several, the first that Jira offers counts. A category is new, indeterminate or done, or To Do, In Progress
        or Done. Where the issue is there already, nothing is written. It is never taken to an earlier category unless
        `backwards`. `fields` are sent with the transition, in the shape of Jira's REST API.
        """
        issue = self.issue(key)
        offered = self.transitions(key)
        way = transitions.choose(issue, offered, (to, *or_else), fields=fields or {}, backwards=backwards)
        if way is None:
            return Moved(issue.status, issue.status, moved=False)
        body: dict[str, Any] = {"transition": {"id": way.id}, "historyMetadata": marking.as_history(marker)}
        if fields:
            body["fields"] = dict(fields)
        self.client.send("POST", f"{self._at(key)}/transitions", body=body)
        return Moved(issue.status, way.to, moved=True)

    @abstractmethod
    def mention(self, user: User) -> str:
        """Write a mention of somebody, for use in Markdown that is sent here."""

    def assign(self, key: str, user_id: str | None, *, marker: str) -> None:
        """Assign an issue to a user, as events name them in User.id; None takes the assignee away."""
        self._edit(key, {"fields": {"assignee": self._person(user_id)}}, marker)

    def label(self, key: str, *, add: Collection[str] = (), remove: Collection[str] = (), marker: str) -> None:
        """Add labels to an issue and take labels from it, leaving the others alone."""
        steps = [{"add": name} for name in add] + [{"remove": name} for name in remove]
        if steps:
            self._edit(key, {"update": {"labels": steps}}, marker)

    def set_fields(self, key: str, fields: Mapping[str, Any], *, marker: str) -> None:
        """Set fields of an issue, in the shape of Jira's REST API: {"priority": {"name": "High"}}."""
        self._edit(key, {"fields": dict(fields)}, marker)

    @abstractmethod
    def find_change(self, key: str, marker: str) -> bool:
        """Tell whether an edit or transition with this marker is in the issue's history, looking at the newest."""

    def remote_link(self, key: str, url: str, title: str, *, marker: str) -> None:
        """Link an issue to a web page; with the same marker again, Jira updates the same link."""
        body = {
            "globalId": marker,
            "application": {"type": marking.NAME, "name": marking.NAME},
            "object": {"url": url, "title": title},
        }
        self.client.send("POST", f"{self._at(key)}/remotelink", body=body)

    def set_property(self, key: str, name: str, value: Any) -> None:
        """Keep a JSON value of at most 32,768 characters beside an issue, where people do not see it."""
        self.client.send("PUT", f"{self._at(key)}/properties/{segment(name)}", body=value)

    def get_property(self, key: str, name: str) -> Any:
        """Return what set_property kept; None where there is nothing."""
        return self._property(f"{self._at(key)}/properties/{segment(name)}")

    @abstractmethod
    def _body(self, markdown: str) -> Body:
        """Turn Markdown into what this deployment keeps."""

    @abstractmethod
    def _person(self, user_id: str | None) -> dict[str, str | None] | None:
        """Turn a User.id into what this deployment takes for a person."""

    @abstractmethod
    def _visibility(self, visibility: Mapping[str, Any]) -> dict[str, Any]:
        """Copy of a comment's visibility what this deployment takes."""

    def _thread(self, thread: str | None) -> dict[str, Any]:
        """Name the comment that another one replies to; only Cloud has threads."""
        return {}

    def _at(self, key: str) -> str:
        return f"{self.api}/issue/{segment(key)}"

    def _edit(self, key: str, change: dict[str, Any], marker: str) -> None:
        self.client.send("PUT", self._at(key), body=change | {"historyMetadata": marking.as_history(marker)})

    def _property(self, path: str) -> Any:
        try:
            return reading.mapping(self.client.send("GET", path)).get("value")
        except NotFound:
            return None

    def _comment_pages(self, key: str, order: str) -> Iterator[list[Any]]:
        return self._pages(f"{self._at(key)}/comment", "comments", orderBy=order)
