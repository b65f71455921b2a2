"""What we rely on in Jira's bodies, as marshmallow schemas that load into our values.

Nothing is demanded, because some Jira leaves out any of it; null counts as left out, and ids come as text or as
numbers. Whatever a schema does not name is left to the event's payload.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load

from app.events.event import Change, Comment, Issue, User
from app.events.fields import Flag, Id, ListOf, Markup, Milliseconds, Object, Text


class Part(Schema):
    """An object within a body."""

    class Meta:
        """Leave alone what we do not rely on."""

        unknown = EXCLUDE

    @pre_load
    def _leave_out_nulls(self, data: Any, **_: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


class Person(Part):
    """A user of any of Jira's generations: accountId, key with name, or name alone."""

    account_id = Id(data_key="accountId")
    key = Id()
    name = Id()
    display_name = Text(data_key="displayName")
    kind = Text(data_key="accountType")
    active = Flag(load_default=True)

    @post_load
    def _user(self, data: dict[str, Any], **_: Any) -> User | None:
        username = data.get("name", "")
        identity = data.get("account_id") or data.get("key") or username
        name = data.get("display_name") or username or identity
        # Cloud sent login names beside account ids for some time, but they mean nothing there.
        username = "" if data.get("account_id") else username
        return User(identity, name, username, data.get("kind", ""), data["active"]) if identity or name else None


class Category(Part):
    """A status category."""

    key = Text(load_default="")


class Named(Part):
    """A status or an issue type."""

    name = Text(load_default="")
    category = fields.Nested(Category, data_key="statusCategory")


class Priority(Named):
    """A priority; Atlassian's own example of a webhook has a text in its place."""

    @pre_load
    def _named_only(self, data: Any, **_: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class Project(Part):
    """A project."""

    key = Text(load_default="")


class IssueFields(Part):
    """The fields of an issue that have a place of their own in our value."""

    summary = Text(load_default="")
    description = Markup()
    project = fields.Nested(Project)
    status = fields.Nested(Named)
    type = fields.Nested(Named, data_key="issuetype")
    priority = fields.Nested(Priority)
    assignee = fields.Nested(Person)
    reporter = fields.Nested(Person)
    labels = ListOf(Text)


class IssuePart(Part):
    """An issue."""

    id = Id(load_default="")
    key = Text(load_default="")
    shown = fields.Nested(IssueFields, data_key="fields")

    @post_load(pass_original=True)
    def _issue(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> Issue:
        shown = data.get("shown", {})
        named = {part: shown.get(part, {}) for part in ("project", "status", "type", "priority")}
        return Issue(
            data["id"],
            data["key"],
            project=named["project"].get("key") or data["key"].rpartition("-")[0],
            summary=shown.get("summary", ""),
            issue_type=named["type"].get("name", ""),
            status=named["status"].get("name", ""),
            status_category=named["status"].get("category", {}).get("key", ""),
            priority=named["priority"].get("name", ""),
            assignee=shown.get("assignee"),
            reporter=shown.get("reporter"),
            labels=tuple(shown["labels"]) if "labels" in shown else None,
            description=shown.get("description"),
            fields=original.get("fields") or {},
        )


class CommentPart(Part):
    """A comment."""

    id = Id(load_default="")
    body = Markup(load_default=None)
    author = fields.Nested(Person, load_default=None)
    editor = fields.Nested(Person, load_default=None, data_key="updateAuthor")
    created = Text(load_default="")
    updated = Text(load_default="")
    public = Flag(load_default=None, data_key="jsdPublic")
    parent_id = Id(load_default=None, data_key="parentId")
    visibility = Object(load_default=None)

    @post_load
    def _comment(self, data: dict[str, Any], **_: Any) -> Comment:
        return Comment(**data)


class ChangePart(Part):
    """One item of a changelog; of a text only the strings are set, never the ids."""

    field = Text(load_default="")
    field_id = Id(load_default="", data_key="fieldId")
    from_id = Id(load_default=None, data_key="from")
    from_ = Id(load_default=None, data_key="fromString")
    to_id = Id(load_default=None, data_key="to")
    to = Id(load_default=None, data_key="toString")

    @post_load
    def _change(self, data: dict[str, Any], **_: Any) -> Change:
        return Change(**data)


class Changelog(Part):
    """What an update changed."""

    id = Id(load_default="")
    items = ListOf(fields.Nested(ChangePart), load_default=list)


class Transition(Part):
    """What a workflow post-function did; the texts are names of statuses."""

    from_ = Text(load_default=None, data_key="from_status")
    to = Text(load_default=None, data_key="to_status")


class Authored(Part):
    """A worklog or an attachment, which say who made them and which issue they belong to."""

    author = fields.Nested(Person, load_default=None)
    editor = fields.Nested(Person, load_default=None, data_key="updateAuthor")
    issue_id = Id(load_default="", data_key="issueId")


class Envelope(Part):
    """A whole body."""

    name = Text(load_default="", data_key="webhookEvent")
    type_name = Text(load_default="", data_key="issue_event_type_name")
    timestamp = Milliseconds(load_default=None)
    user = fields.Nested(Person, load_default=None)
    issue = fields.Nested(IssuePart, load_default=None)
    comment = fields.Nested(CommentPart, load_default=None)
    changelog = fields.Nested(Changelog)
    transition = fields.Nested(Transition, load_default=None)
    project = fields.Nested(Project)
    worklog = fields.Nested(Authored)
    attachment = fields.Nested(Authored)
