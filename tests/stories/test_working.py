"""What people see in Jira once an admin has run four commands."""

from app.storage import deliveries, runs
from tests.reacting.waiting import eventually
from tests.stories.house import House


def test_a_mention_is_answered_and_the_answer_is_not_answered(serving: House) -> None:
    key = serving.issue()
    serving.ask(key, "what would you look at first?")
    eventually(lambda: serving.said(key))
    serving.done()
    [said] = serving.said(key)
    asker = f"accountid:{serving.ada.id}" if serving.jira.site.face.name == "cloud" else "ada"
    assert said.startswith(f"[~{asker}] I am the echo droid.")


def test_an_assigned_issue_is_worked_on_answered_and_handed_over(serving: House) -> None:
    key = serving.issue()
    serving.jira.site.assign(key, serving.droid, by=serving.ada)
    issue = serving.jira.site.issues[key]
    eventually(lambda: issue.status.name == "In Review")
    serving.done()
    assert len(serving.said(key)) == 1
    moves = [(h.author.name, i.to_string) for h in issue.histories for i in h.items if i.field == "status"]
    assert moves == [("Factory Droid", "In Progress"), ("Factory Droid", "In Review")]


def test_the_admin_sees_what_was_decided_and_can_ask_for_it_again(serving: House) -> None:
    key = serving.issue()
    serving.ask(key, "hello")
    eventually(lambda: serving.said(key))
    serving.done()
    newest = runs.latest(serving.db, 1)[0]
    assert f"{newest.id} " in serving.ok("runs", "--limit", "1")
    assert "handled" in serving.ok("deliveries", "--decision", "handled")
    assert serving.ok("replay", str(newest.delivery)).startswith(f"{newest.delivery} is kept again as delivery ")
    eventually(lambda: len(serving.said(key)) == 2)
    serving.done()


def test_other_people_and_other_projects_get_silence(serving: House) -> None:
    if "QUIET" not in serving.jira.site.projects:
        serving.jira.site.add_project("QUIET", "Nobody authorized this")
    key = serving.jira.site.create_issue("QUIET", "Psst", by=serving.ada).key
    serving.ask(key, "hello?")
    own = serving.issue()
    serving.jira.site.add_comment(own, "talking among ourselves", by=serving.ada)
    serving.done()
    assert serving.said(key) == serving.said(own) == []
    told = deliveries.latest(serving.db, 2)
    assert {delivery.decision for delivery in told} <= {"unmatched", "refused"}
