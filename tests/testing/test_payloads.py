"""The bodies that the kit makes are read as those that a Jira pushes."""

from typing import Any

import pytest

from app.events.event import Event
from app.events.parse import parse
from app.testing import ADA, DROID, comment_created, issue_created, issue_updated
from tests.reacting.conftest import World


def pushed(world: World, name: str) -> Event:
    return parse(next(body for body in world.bodies()[::-1] if body["webhookEvent"] == name))


def shape(event: Event) -> dict[str, Any]:
    """What handlers and conditions read of an event, without ids, names and times."""
    issue, comment = event.issue, event.comment
    return {
        "names": (event.name, event.also),
        "told": [part is not None for part in (event.actor, issue, comment, event.timestamp)],
        "project": event.project,
        "changes": [(c.field, c.field_id, c.from_, c.to, c.to_id is not None) for c in event.changes],
        "mentions": len(event.mentions),
        "username": bool(event.actor and event.actor.username),
        "issue": issue and (issue.status, issue.status_category, issue.labels, issue.reporter is not None),
        "comment": comment and (comment.public, comment.visibility, comment.author is not None),
    }


def test_a_comment_is_shaped_as_each_jira_tells_it(here: World) -> None:
    key = here.issue()
    here.site.add_comment(key, f"{here.mention()} hello", by=here.ada)
    deployment = here.site.face.name
    name = "comment_created" if here.cloud else "jira:issue_updated"
    made = parse(comment_created("@Factory Droid hello", status="To Do", deployment=deployment))
    assert shape(made) == shape(pushed(here, name))
    assert made.mentions == ((DROID.id if here.cloud else DROID.username),)


def test_a_new_issue_is_shaped_as_each_jira_tells_it(here: World) -> None:
    here.issue(labels=("web",))
    made = parse(issue_created(labels=["web"], deployment=here.site.face.name))
    # Jira's own tells the first status as a change too.
    assert shape(made) | {"changes": []} == shape(pushed(here, "jira:issue_created")) | {"changes": []}
    assert made.labels_added == ("web",)


def test_a_change_is_shaped_as_each_jira_tells_it(here: World) -> None:
    key = here.issue()
    here.site.set_labels(key, "web", "droid", by=here.ada)
    made = parse(issue_updated("labels", from_="", to="web droid", status="To Do", deployment=here.site.face.name))
    assert shape(made) == shape(pushed(here, "jira:issue_updated"))
    assert made.labels_added == ("web", "droid")


def test_an_assignment_names_people_as_each_jira_does(here: World) -> None:
    key = here.issue()
    here.site.assign(key, here.droid, by=here.ada)
    made = parse(issue_updated("assignee", to=DROID, status="To Do", deployment=here.site.face.name))
    assert shape(made) == shape(pushed(here, "jira:issue_updated"))
    assert made.issue
    assert made.issue.assignee
    assert made.issue.assignee.id == DROID.id


def test_what_an_issue_does_not_have_is_a_mistake_of_the_test() -> None:
    with pytest.raises(TypeError, match="An issue has no sumary; name what is in key, summary"):
        issue_created(sumary="Late")


def test_comments_tell_who_may_see_them() -> None:
    role = {"type": "role", "value": "Developers"}
    told = parse(comment_created("between us", by=ADA, internal=True, visibility=role)).comment
    assert told
    assert (told.public, told.visibility) == (False, role)
