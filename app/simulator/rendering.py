"""From the site's state to the JSON its REST API answers with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.events.event import Body
from app.simulator.issues import ISSUE_TYPES, PRIORITIES, RESOLUTIONS, Comment, History, Issue, Item, Project
from app.simulator.people import Person
from app.simulator.permissions import Permission
from app.simulator.site import Site
from app.simulator.workflow import Status, Transition

Json = dict[str, Any]


def when(moment: datetime) -> str:
    """Write a time as Jira does: milliseconds, and an offset without a colon."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{moment:%z}"


@dataclass(frozen=True)
class Rendering:
    """Writes one site's things, with links under `api`; webhook bodies link to version 2 on both Jiras."""

    site: Site
    api: str

    def url(self, path: str) -> str:
        """Give the address of a resource."""
        return f"{self.site.base_url}{self.api}/{path}"

    def text(self, body: Body) -> Body:
        """Give a text as the REST API does: as it is kept."""
        return body

    def person(self, person: Person) -> Json:
        """Write an account."""
        known = self.site.people.get(person.id, person)
        return {
            "self": self.url(f"user?{self.site.face.person_query(person)}"),
            **self.site.face.identity(known),
            "emailAddress": known.email,
            "avatarUrls": self._avatars(f"useravatar?ownerId={known.username}"),
            "displayName": known.name,
            "active": known.active,
            "timeZone": "Etc/UTC",
        }

    def status(self, status: Status) -> Json:
        """Write a status with its category."""
        category = status.category
        return {
            "self": self.url(f"status/{status.id}"),
            "description": "",
            "iconUrl": f"{self.site.base_url}/images/icons/statuses/generic.png",
            "name": status.name,
            "id": status.id,
            "statusCategory": {
                "self": self.url(f"statuscategory/{category.id}"),
                "id": category.id,
                "key": category.key,
                "colorName": category.color,
                "name": category.name,
            },
        }

    def project(self, project: Project) -> Json:
        """Write a project in short."""
        return {
            "self": self.url(f"project/{project.id}"),
            "id": str(project.id),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "avatarUrls": self._avatars(f"projectavatar?pid={project.id}"),
        }

    def named(self, path: str, number: str, name: str) -> Json:
        """Write a priority, a resolution or whatever else is a name with an id."""
        return {"self": self.url(f"{path}/{number}"), "id": number, "name": name}

    def issue_type(self, name: str) -> Json:
        """Write an issue type."""
        return {**self.named("issuetype", ISSUE_TYPES[name], name), "description": "", "subtask": False}

    def summary(self, issue: Issue) -> Json:
        """Write the few fields of an issue that Cloud's comment events carry."""
        return {
            "summary": issue.summary,
            "issuetype": self.issue_type(issue.issue_type),
            "project": self.project(issue.project),
            "assignee": self.person(issue.assignee) if issue.assignee else None,
            "priority": self.named("priority", PRIORITIES[issue.priority], issue.priority),
            "status": self.status(issue.status),
        }

    def fields(self, issue: Issue) -> Json:
        """Write all fields of an issue except its comments."""
        resolution = issue.resolution
        return {
            **self.summary(issue),
            "description": self.text(issue.description),
            "labels": list(issue.labels),
            "reporter": self.person(issue.reporter),
            "creator": self.person(issue.reporter),
            "created": when(issue.created),
            "updated": when(issue.updated),
            "duedate": issue.duedate,
            "resolution": self.named("resolution", RESOLUTIONS[resolution], resolution) if resolution else None,
            "resolutiondate": when(issue.resolved) if issue.resolved else None,
            "components": [],
            "fixVersions": [],
            "versions": [],
            "issuelinks": [],
            "subtasks": [],
            "environment": None,
            "votes": {"self": self.url(f"issue/{issue.key}/votes"), "votes": 0, "hasVoted": False},
            "watches": {"self": self.url(f"issue/{issue.key}/watchers"), "watchCount": 0, "isWatching": False},
            **issue.custom,
        }

    def comment(self, issue: Issue, comment: Comment, *, properties: bool = False) -> Json:
        """Write a comment, with its properties only where they are asked for."""
        shown: Json = {
            "self": self.url(f"issue/{issue.id}/comment/{comment.id}"),
            "id": str(comment.id),
            "author": self.person(comment.author),
            "body": self.text(comment.body),
            "updateAuthor": self.person(comment.update_author),
            "created": when(comment.created),
            "updated": when(comment.updated),
        }
        if self.site.face.name == "cloud":
            shown["jsdPublic"] = comment.public
        if comment.parent is not None:
            shown["parentId"] = comment.parent
        if comment.visibility:
            shown["visibility"] = dict(comment.visibility)
        if properties:
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown

    def comments(self, issue: Issue, page: Iterable[Comment]) -> list[Json]:
        """Write several comments."""
        return [self.comment(issue, comment) for comment in page]

    def history(self, history: History) -> Json:
        """Write a changelog entry."""
        shown = {
            "id": str(history.id),
            "author": self.person(history.author),
            "created": when(history.created),
            # The specifications know no null here.
            "items": [{k: v for k, v in item_json(item).items() if v is not None} for item in history.items],
        }
        return {**shown, "historyMetadata": dict(history.metadata)} if history.metadata else shown

    def transition(self, transition: Transition, *, fields: bool) -> Json:
        """Write a transition, with the fields of its screen where they are asked for."""
        shown: Json = {"id": transition.id, "name": transition.name, "to": self.status(transition.to)}
        if self.site.face.name == "cloud":
            shown |= {
                "hasScreen": bool(transition.screen),
                "isGlobal": not transition.sources,
                "isInitial": False,
                "isAvailable": True,
                "isConditional": False,
                "looped": False,
            }
        if fields:
            shown["fields"] = {name: self._screen_field(name, transition) for name in transition.screen}
        return shown

    def permission(self, permission: Permission, held: bool) -> Json:
        """Write a permission and whether it is held."""
        return {
            "id": permission.id,
            "key": permission.key,
            "name": permission.name,
            "type": permission.kind,
            "description": permission.description,
            "havePermission": held,
        }

    def _screen_field(self, name: str, transition: Transition) -> Json:
        key = "key" if self.site.face.name == "cloud" else "fieldId"
        kind = {"resolution": "resolution", "assignee": "user"}.get(name, "string")
        shown: Json = {
            "required": name in transition.required,
            "schema": {"type": kind, "system": name},
            "name": name.capitalize(),
            key: name,
            "hasDefaultValue": False,
            "operations": ["set"],
        }
        if name == "resolution":
            shown["allowedValues"] = [self.named("resolution", number, word) for word, number in RESOLUTIONS.items()]
        return shown

    def _avatars(self, path: str) -> Mapping[str, str]:
        size = {"48x48": "large", "24x24": "small", "16x16": "xsmall", "32x32": "medium"}
        return {pixels: f"{self.site.base_url}/secure/{path}&size={word}" for pixels, word in size.items()}


def item_json(item: Item) -> Json:
    """Write a changed field; fieldId is Cloud's alone."""
    shown = {
        "field": item.field,
        "fieldtype": "custom" if item.field.startswith("customfield_") else "jira",
        "from": item.from_,
        "fromString": item.from_string,
        "to": item.to,
        "toString": item.to_string,
    }
    return {**shown, "fieldId": item.field_id} if item.field_id else shown
