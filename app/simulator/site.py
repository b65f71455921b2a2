"""The state of one Jira and the rules by which it changes; every change is told to `listener`."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.events.event import Body
from app.simulator.changes import current, item, put
from app.simulator.clock import Clock
from app.simulator.directory import Directory
from app.simulator.faces import Face
from app.simulator.happening import Happening
from app.simulator.issues import Comment, History, Issue, Item, RemoteLink
from app.simulator.people import Person
from app.simulator.workflow import Status

#: The name Jira gives an issue update, where the changed field decides it.
COMMENT_KINDS = {
    "created": "issue_commented",
    "updated": "issue_comment_edited",
    "deleted": "issue_comment_deleted",
}
KINDS = {"status": "issue_generic", "assignee": "issue_assigned"}


class Site(Directory):
    """A Jira: its directory plus its issues.

    What is called here happens with nobody's permission asked; the REST faces ask first. Texts are Markdown on
    Cloud and wiki markup on Data Center. Each method fires the webhooks its REST call would fire.
    """

    def __init__(self, face: Face, clock: Clock, name: str = "simulator") -> None:
        super().__init__(face)
        self.clock = clock
        self.name = name
        self.base_url = ""
        self.cloud_id = str(uuid.uuid4())
        self.issues: dict[str, Issue] = {}
        self._numbering: Counter[str] = Counter()
        #: Keys that issues had before they were moved to another project; they lead there still.
        self._moved: dict[str, str] = {}
        self.listener: Callable[[Happening], None] = lambda happening: None

    def issue(self, reference: str) -> Issue | None:
        """Find an issue by its key or id."""
        key = reference.upper()
        found = self.issues.get(self._moved.get(key, key))
        return found or next((issue for issue in self.issues.values() if str(issue.id) == reference), None)

    def create_issue(
        self,
        project_key: str,
        summary: str,
        *,
        by: Person,
        issue_type: str = "Task",
        description: Body = None,
        **fields: Any,
    ) -> Issue:
        """Create an issue; `fields` are those of Issue, with people as Person and labels as a tuple."""
        with self.lock:
            project, now = self.projects[project_key], datetime.now(UTC)
            self._numbering[project_key] += 1
            text = self.face.body(description) if isinstance(description, str) else description
            fields = {"reporter": by, **fields}
            issue = Issue(
                id=self.number(),
                key=f"{project_key}-{self._numbering[project_key]}",
                project=project,
                issue_type=issue_type,
                summary=summary,
                status=project.workflow.start,
                created=now,
                updated=now,
                description=text,
                **fields,
            )
            self.issues[issue.key] = issue
            born = item(self.face, "status", None, issue.status)
            self._tell("jira:issue_created", issue, by, kind="issue_created", history=self._history(by, (born,)))
            return issue

    def change(
        self,
        issue: Issue,
        values: Mapping[str, Any],
        *,
        by: Person,
        metadata: Mapping[str, Any] | None = None,
    ) -> History | None:
        """Set fields to new values; nothing is recorded or told where nothing differs."""
        with self.lock:
            changed = [(name, new) for name, new in values.items() if current(issue, name) != new]
            items = tuple(item(self.face, name, current(issue, name), new) for name, new in changed)
            if not items:
                return None
            for name, new in changed:
                put(issue, name, new)
            history = self._history(by, items, metadata)
            issue.histories.append(history)
            issue.updated = history.created
            kind = KINDS.get(items[0].field, "issue_updated")
            self._tell("jira:issue_updated", issue, by, kind=kind, history=history)
            return history

    def move(
        self,
        key: str,
        status: str | Status,
        *,
        by: Person,
        values: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> History | None:
        """Put an issue into a status, whatever its workflow says; done ones get a resolution."""
        with self.lock:
            issue = self.issues[key]
            target = issue.project.workflow.status(status) if isinstance(status, str) else status
            done = target.category.key == "done"
            resolution = (issue.resolution or "Done") if done else None
            wanted = {"status": target, "resolution": resolution, **(values or {})}
            issue.resolved = (issue.resolved or datetime.now(UTC)) if done else None
            return self.change(issue, wanted, by=by, metadata=metadata)

    def move_to_project(self, key: str, project_key: str, *, by: Person) -> Issue:
        """Move an issue to another project, where it gets a new key; the old one leads there."""
        with self.lock:
            issue, project = self.issues.pop(key), self.projects[project_key]
            self._numbering[project_key] += 1
            new = f"{project_key}-{self._numbering[project_key]}"
            old, issue.project, issue.key = issue.project, project, new
            self.issues[new] = issue
            self._moved |= {key: new, **{former: new for former, there in self._moved.items() if there == key}}
            items = (
                Item("project", str(old.id), old.name, str(project.id), project.name, "project"),
                Item("Key", None, key, None, new),
            )
            history = self._history(by, items)
            issue.histories.append(history)
            self._tell("jira:issue_updated", issue, by, kind="issue_moved", history=history)
            return issue

    def assign(self, key: str, assignee: Person | None, *, by: Person) -> None:
        """Assign an issue, or with None take it from whoever has it."""
        self.change(self.issues[key], {"assignee": assignee}, by=by)

    def set_labels(self, key: str, *labels: str, by: Person) -> None:
        """Replace an issue's labels."""
        self.change(self.issues[key], {"labels": tuple(labels)}, by=by)

    def delete_issue(self, key: str, *, by: Person) -> None:
        """Delete an issue with all that hangs on it."""
        with self.lock:
            issue = self.issues[key]
            self._tell("jira:issue_deleted", issue, by, kind="issue_deleted")
            del self.issues[key]

    def add_comment(
        self,
        key: str,
        text: Body,
        *,
        by: Person,
        visibility: Mapping[str, Any] | None = None,
        properties: Mapping[str, Any] | None = None,
        parent: int | None = None,
    ) -> Comment:
        """Comment on an issue; properties are there from the first moment. `parent` is replied to, on Cloud."""
        with self.lock:
            issue, now = self.issues[key], datetime.now(UTC)
            body = self.face.body(text) if isinstance(text, str) else text
            comment = Comment(self.number(), body, by, now, now, by, visibility, dict(properties or {}))
            comment.parent = parent if self.face.name == "cloud" else None
            issue.comments.append(comment)
            issue.updated = now
            self._tell_comment("created", issue, comment, by)
            return comment

    def edit_comment(self, key: str, comment_id: int, text: Body, *, by: Person) -> Comment:
        """Replace a comment's text."""
        with self.lock:
            issue = self.issues[key]
            comment = next(comment for comment in issue.comments if comment.id == comment_id)
            comment.body = self.face.body(text) if isinstance(text, str) else text
            comment.updated, comment.update_author = datetime.now(UTC), by
            issue.updated = comment.updated
            self._tell_comment("updated", issue, comment, by)
            return comment

    def delete_comment(self, key: str, comment_id: int, *, by: Person) -> None:
        """Delete a comment."""
        with self.lock:
            issue = self.issues[key]
            comment = next(comment for comment in issue.comments if comment.id == comment_id)
            issue.comments.remove(comment)
            self._tell_comment("deleted", issue, comment, by)

    def set_property(self, key: str, name: str, value: Any, *, by: Person) -> bool:
        """Set an issue property; True where it is a new one."""
        with self.lock:
            issue = self.issues[key]
            new = name not in issue.properties
            issue.properties[name] = value
            self._tell("issue_property_set", issue, by, property=(name, value))
            return new

    def delete_property(self, key: str, name: str, *, by: Person) -> None:
        """Remove an issue property."""
        with self.lock:
            issue = self.issues[key]
            self._tell("issue_property_deleted", issue, by, property=(name, issue.properties.pop(name)))

    def link(self, key: str, global_id: str, content: Mapping[str, Any]) -> tuple[RemoteLink, bool]:
        """Set the remote link with that global id; the second value is True where it is a new one."""
        with self.lock:
            issue = self.issues[key]
            known = next((link for link in issue.links if global_id and link.global_id == global_id), None)
            if known:
                known.content = content
                return known, False
            issue.links.append(RemoteLink(self.number(), global_id, content))
            return issue.links[-1], True

    def _history(self, by: Person, items: tuple[Item, ...], metadata: Mapping[str, Any] | None = None) -> History:
        return History(self.number(), by, datetime.now(UTC), items, metadata)

    def _tell(self, event: str, issue: Issue, actor: Person, **more: Any) -> None:
        self.listener(Happening(event, issue, actor, datetime.now(UTC), **more))

    def _tell_comment(self, what: str, issue: Issue, comment: Comment, actor: Person) -> None:
        """Tell of a comment once on Cloud and twice on Data Center, the second time as an issue update."""
        self._tell(f"comment_{what}", issue, actor, comment=comment)
        if self.face.name == "datacenter":
            self._tell("jira:issue_updated", issue, actor, kind=COMMENT_KINDS[what], comment=comment)
