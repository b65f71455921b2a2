"""What a team does on its board: labels, columns, a first look at new issues, and one route tried on one issue."""

import json

from app.simulator.workflow import INDETERMINATE, NEW, SIMPLIFIED, Status, Transition, Workflow
from app.storage import deliveries
from tests.reacting.waiting import eventually
from tests.stories.house import House


def test_a_label_lets_the_droid_that_it_names_work(serving: House) -> None:
    site = serving.jira.site
    key, other = serving.issue(), serving.issue()
    site.set_labels(key, "droid", by=serving.ada)
    eventually(lambda: site.issues[key].status.name == "In Review")
    site.set_labels(other, "droid:nobody", by=serving.ada)
    eventually(lambda: serving.said(other))
    serving.done()
    assert "I am the echo droid." in serving.said(key)[0]
    assert "There is no droid of that name. There are: echo." in serving.said(other)[0]


READY = Status("10010", "Ready for Droid", NEW)
PLANNED = Status("10011", "Droid Plan", INDETERMINATE)
BOARD = Workflow(
    SIMPLIFIED.start, (*SIMPLIFIED.transitions, Transition("51", READY.name, READY), Transition("61", "Plan", PLANNED))
)


def test_columns_of_a_board_start_the_droid(serving: House) -> None:
    site = serving.jira.site
    if "BOARD" not in site.projects:
        site.add_project("BOARD", "A board with columns for the droid", workflow=BOARD)
        admin = ("--admin-email", serving.admin.email) if site.face.name == "cloud" else ()
        words = ("projects", "authorize", "BOARD", *admin, "--admin-token-file", "-")
        serving.ok(*words, stdin=serving.admin.token)
    planned, ready = (site.create_issue("BOARD", "Move the export", by=serving.ada).key for _ in range(2))
    site.move(planned, PLANNED.name, by=serving.ada)
    site.move(ready, READY.name, by=serving.ada)
    eventually(lambda: serving.said(planned))
    eventually(lambda: site.issues[ready].status.name == "In Review")
    serving.done()
    assert site.issues[planned].status == PLANNED
    assert "change nothing yet" in serving.said(planned)[0]


def test_a_new_issue_is_looked_at_once_an_admin_turned_that_on(serving: House) -> None:
    assert "triage.triage" in serving.ok("handlers")
    quiet = serving.issue()
    serving.done()
    assert serving.said(quiet) == []
    assert deliveries.latest(serving.db, 1)[0].decision == "unmatched"
    serving.ok("projects", "policy", "OPS", "--turn-on", "triage.triage")
    try:
        key = serving.issue()
        eventually(lambda: serving.said(key))
        serving.done()
        assert len(serving.said(key)) == 1
    finally:
        serving.ok("projects", "policy", "OPS", "--turn-off", "triage.triage")


def test_a_route_is_tried_on_one_issue_first_without_and_then_with_a_trace(serving: House) -> None:
    key = serving.issue()
    serving.done()
    rehearsed = json.loads(serving.ok("try", "assignment.work", key, "--dry-run", "--json"))
    assert [write["kind"] for write in rehearsed["writes"]] == ["transition", "comment", "transition"]
    assert serving.said(key) == []
    assert serving.jira.site.issues[key].status.name == "To Do"
    told = json.loads(serving.ok("try", "assignment.work", key, "--json"))
    assert told["state"] == "complete"
    serving.done()
    assert len(serving.said(key)) == 1
    assert serving.jira.site.issues[key].status.name == "In Review"
    refused = serving.cli("try", "assignment.wrok", key)
    assert refused.returncode == 1
    assert "Did you mean assignment.work?" in refused.stderr
