"""Both deployments through one interface, against the simulator over real HTTP."""

from time import sleep

import pytest

from app.events.event import User
from app.jira import connect
from app.jira import marker as marking
from app.jira.auth import ApiToken, PersonalAccessToken, restore
from app.jira.errors import (
    Conflict,
    Forbidden,
    Invalid,
    JiraBroken,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unreachable,
)
from app.jira.values import Moved
from app.markup import to_markdown
from app.simulator.trouble import REASONS

from .conftest import Answering, Connected, recorded


def test_who_we_are(here: Connected) -> None:
    cloud = here.site.face.name == "cloud"
    assert here.jira.myself() == User(
        id=here.droid.id,
        name="Factory Droid",
        username="" if cloud else "droid",
        kind="atlassian" if cloud else "",
    )


def test_the_account_is_asked_for_once(here: Connected, calls: list[str]) -> None:
    assert here.jira.account is here.jira.account
    assert len(calls) == 1


def test_what_jira_this_is(here: Connected) -> None:
    server = here.jira.server()
    assert server.deployment == here.site.face.name
    assert server.base_url == here.running.url
    assert server.version == ((1001, 0, 0) if server.deployment == "cloud" else (10, 3, 0))
    assert server.title == "Jira"
    assert server.time


def test_a_project_is_known_by_its_exact_key(here: Connected) -> None:
    assert here.jira.project("OPS") == "Operations"
    with pytest.raises(NotFound, match="Browse Projects"):
        here.jira.project("NONE")
    with pytest.raises(NotFound, match=r"There is no project 1.*; Jira knows Operations as OPS\. Say OPS\."):
        here.jira.project(str(here.site.projects["OPS"].id))


def test_an_issue_is_read_with_its_fields(here: Connected) -> None:
    here.site.assign("OPS-1", here.droid, by=here.ada)
    here.site.set_labels("OPS-1", "red", "hot", by=here.ada)
    issue = here.jira.issue("OPS-1")
    assert (issue.key, issue.project, issue.summary) == ("OPS-1", "OPS", "Printer is on fire")
    assert (issue.status, issue.status_category, issue.issue_type) == ("To Do", "new", "Task")
    assert (issue.assignee, issue.labels) == (here.jira.account, ("red", "hot"))
    assert issue.reporter is not None
    assert issue.reporter.name == "Ada"
    assert issue.fields["resolution"] is None


def test_comments_are_read_oldest_first_over_all_pages(here: Connected, calls: list[str]) -> None:
    for number in range(205):
        here.site.add_comment("OPS-1", f"number {number}", by=here.ada)
    comments = here.jira.comments("OPS-1")
    assert [to_markdown(comment.body).strip() for comment in comments] == [f"number {n}" for n in range(205)]
    assert comments[0].author is not None
    assert comments[0].author.id == here.ada.id
    assert len(calls) == 3


def test_an_issue_without_comments_has_none(here: Connected) -> None:
    assert here.jira.comments("OPS-1") == []


def test_a_comment_carries_its_marker_from_the_first_moment(here: Connected) -> None:
    comment_id = here.jira.comment("OPS-1", "It **burns**.", marker="run-1")
    (comment,) = here.site.issues["OPS-1"].comments
    assert str(comment.id) == comment_id
    assert comment.properties == {"jira-reactor": {"marker": "run-1"}}
    assert comment.visibility is None
    assert to_markdown(here.jira.comments("OPS-1")[0].body).strip() == "It **burns**."


def test_a_comment_can_be_internal(here: Connected) -> None:
    here.jira.comment("OPS-1", "Do not tell.", marker="run-1", internal=True)
    (comment,) = here.site.issues["OPS-1"].comments
    assert comment.properties["sd.public.comment"] == {"internal": True}


def test_an_answer_can_be_seen_by_those_who_saw_the_question(here: Connected) -> None:
    asked = here.site.add_comment("OPS-1", "Psst.", by=here.ada, visibility={"type": "role", "value": "Developers"})
    seen = here.jira.comments("OPS-1")[0].visibility
    here.jira.comment("OPS-1", "Yes?", marker="run-1", visibility=seen)
    assert here.site.issues["OPS-1"].comments[1].visibility == asked.visibility


def test_an_edited_comment_keeps_its_marker_and_its_readers(here: Connected) -> None:
    role = {"type": "role", "value": "Developers"}
    comment_id = here.jira.comment("OPS-1", "Working.", marker="run-1", visibility=role)
    here.jira.edit_comment("OPS-1", comment_id, "Worked.")
    (comment,) = here.jira.comments("OPS-1")
    assert to_markdown(comment.body).strip() == "Worked."
    assert comment.visibility == role
    assert here.jira.find_comment("OPS-1", "run-1") == comment_id


def test_a_mention_reaches_the_one_it_names(here: Connected) -> None:
    ada = here.jira.issue("OPS-1").reporter
    assert ada is not None
    here.jira.comment("OPS-1", f"Look, {here.jira.mention(ada)}!", marker="run-1")
    said = to_markdown(here.jira.comments("OPS-1")[0].body)
    assert here.site.face.mention(here.ada) in said


def test_a_comment_is_found_by_its_marker(here: Connected) -> None:
    first = here.jira.comment("OPS-1", "one", marker="run-1")
    second = here.jira.comment("OPS-1", "two", marker="run-2")
    assert here.jira.find_comment("OPS-1", "run-1") == first
    assert here.jira.find_comment("OPS-1", "run-2") == second
    assert here.jira.find_comment("OPS-1", "run-3") is None


def test_a_marker_under_somebody_elses_comment_does_not_count(here: Connected) -> None:
    forged = {"jira-reactor": {"marker": "run-1"}}
    here.site.add_comment("OPS-1", "I am the droid.", by=here.ada, properties=forged)
    here.jira.comment("OPS-1", "I am.", marker="run-2")
    assert here.jira.find_comment("OPS-1", "run-1") is None


def test_comments_of_others_are_not_looked_into(here: Connected, calls: list[str]) -> None:
    here.site.add_comment("OPS-1", "Anybody?", by=here.ada)
    assert here.jira.find_comment("OPS-1", "run-1") is None
    assert [call.rpartition("/")[2] for call in calls] == ["comment", "myself"]


def test_looking_for_a_comment_costs_few_calls(here: Connected, calls: list[str]) -> None:
    for number in range(250):
        here.site.add_comment("OPS-1", f"number {number}", by=here.ada)
    here.jira.comment("OPS-1", "mine", marker="run-1")
    assert here.jira.account
    calls.clear()
    assert here.jira.find_comment("OPS-1", "run-1")
    assert len(calls) == 2


def test_looking_for_a_comment_ends(here: Connected, calls: list[str]) -> None:
    for number in range(500):
        here.site.add_comment("OPS-1", f"number {number}", by=here.droid)
    assert here.jira.find_comment("OPS-1", "run-1") is None
    assert len(calls) <= 60


def test_a_status_is_reached_by_its_name(here: Connected) -> None:
    assert here.jira.transition("GATE-1", "in progress", marker="m") == Moved("To Do", "In Progress", moved=True)
    assert here.jira.issue("GATE-1").status == "In Progress"


@pytest.mark.parametrize("category", ["indeterminate", "In Progress"])
def test_a_category_is_reached_by_its_key_or_name(here: Connected, category: str) -> None:
    assert here.jira.transition("OPS-1", category, marker="m") == Moved("To Do", "In Progress", moved=True)


def test_the_first_status_on_offer_counts(here: Connected) -> None:
    assert here.jira.transition("OPS-1", "Code Review", "In Review", "Done", marker="m").to == "In Review"


def test_nothing_is_written_where_the_issue_is_there_already(here: Connected, calls: list[str]) -> None:
    here.site.move("OPS-1", "In Review", by=here.ada)
    assert here.jira.transition("OPS-1", "In Review", marker="m") == Moved("In Review", "In Review", moved=False)
    assert here.jira.transition("OPS-1", "indeterminate", marker="m").moved is False
    assert not [call for call in calls if not call.startswith("GET")]


def test_an_issue_is_never_moved_back_unless_asked(here: Connected) -> None:
    here.site.move("OPS-1", "Done", by=here.ada)
    with pytest.raises(Invalid, match=r"OPS-1 is in 'Done'; 'In Progress' would take it back.*backwards=True"):
        here.jira.transition("OPS-1", "In Progress", marker="m")
    assert here.jira.transition("OPS-1", "In Progress", marker="m", backwards=True).moved


def test_a_status_that_is_not_on_offer_is_refused_with_those_that_are(here: Connected) -> None:
    with pytest.raises(Invalid) as caught:
        here.jira.transition("GATE-1", "Done", marker="m")
    assert caught.value.message == (
        "GATE-1 cannot go from 'To Do' to 'Done': Jira offers our account 'In Progress' (by 'Start work')."
    )
    assert "workflow" in caught.value.cure
    assert not caught.value.sent


def test_without_the_permission_to_move_nothing_is_on_offer(here: Connected) -> None:
    here.site.forbid(here.droid, "TRANSITION_ISSUES", project="OPS")
    with pytest.raises(Invalid, match=r"offers our account nothing\..*Transition Issues"):
        here.jira.transition("OPS-1", "Done", marker="m")


def test_a_screen_that_asks_for_a_field_is_refused_by_name(here: Connected) -> None:
    here.site.move("GATE-1", "In Review", by=here.ada)
    with pytest.raises(Invalid) as caught:
        here.jira.transition("GATE-1", "Done", marker="m")
    assert "The screen of 'Resolve', which takes GATE-1 to 'Done', asks for Resolution (resolution: " in str(
        caught.value
    )
    assert "fields={'resolution': {'name': " in caught.value.cure
    assert caught.value.fields == {"resolution": "is required"}
    assert here.jira.issue("GATE-1").status == "In Review"


def test_a_screen_takes_the_field_it_asks_for(here: Connected) -> None:
    here.site.move("GATE-1", "In Review", by=here.ada)
    here.jira.transition("GATE-1", "Done", marker="m", fields={"resolution": {"name": "Won't Do"}})
    issue = here.jira.issue("GATE-1")
    assert (issue.status, issue.fields["resolution"]["name"]) == ("Done", "Won't Do")


def test_assigning_and_taking_away(here: Connected) -> None:
    here.jira.assign("OPS-1", here.ada.id, marker="m1")
    assigned = here.jira.issue("OPS-1").assignee
    here.jira.assign("OPS-1", here.droid.id, marker="m2")
    taken = here.jira.issue("OPS-1").assignee
    here.jira.assign("OPS-1", None, marker="m3")
    assert assigned is not None
    assert (assigned.name, taken) == ("Ada", here.jira.account)
    assert here.jira.issue("OPS-1").assignee is None
    assert [here.jira.find_change("OPS-1", marker) for marker in ("m1", "m2", "m3", "m4")] == [True, True, True, False]


def test_labels_come_and_go_one_by_one(here: Connected) -> None:
    here.site.set_labels("OPS-1", "red", "hot", by=here.ada)
    here.jira.label("OPS-1", add=["seen"], remove=["hot", "never-there"], marker="m1")
    assert here.jira.issue("OPS-1").labels == ("red", "seen")
    assert here.jira.find_change("OPS-1", "m1")


def test_no_labels_no_call(here: Connected, calls: list[str]) -> None:
    here.jira.label("OPS-1", marker="m1")
    assert calls == []


def test_a_label_with_a_space_is_refused_by_field(here: Connected) -> None:
    with pytest.raises(Invalid, match="Field labels: The label 'two words' contains spaces") as caught:
        here.jira.label("OPS-1", add=["two words"], marker="m1")
    assert list(caught.value.fields) == ["labels"]


def test_a_move_is_found_by_its_marker(here: Connected) -> None:
    here.jira.transition("OPS-1", "Done", marker="m1")
    assert here.jira.find_change("OPS-1", "m1")
    assert not here.jira.find_change("OPS-1", "m2")


@pytest.mark.parametrize("later", [0, 90, 180, 260])
def test_a_change_is_found_behind_later_ones(here: Connected, calls: list[str], later: int) -> None:
    for number in range(150):
        here.site.set_labels("OPS-1", f"before-{number}", by=here.ada)
    here.jira.label("OPS-1", add=["mine"], marker="m1")
    for number in range(later):
        here.site.set_labels("OPS-1", f"after-{number}", by=here.ada)
    calls.clear()
    assert here.jira.find_change("OPS-1", "m1")
    assert len(calls) <= 4


def test_an_untouched_issue_has_no_change(here: Connected, calls: list[str]) -> None:
    assert not here.jira.find_change("OPS-1", "m1")
    assert len(calls) == 1


def test_linking_twice_with_one_marker_makes_one_link(here: Connected) -> None:
    here.jira.remote_link("OPS-1", "https://ci.example/1", "Build 1", marker="m1")
    here.jira.remote_link("OPS-1", "https://ci.example/1", "Build 1, green", marker="m1")
    here.jira.remote_link("OPS-1", "https://ci.example/2", "Build 2", marker="m2")
    links = [(link.global_id, link.content["object"]) for link in here.site.issues["OPS-1"].links]
    assert links == [
        ("m1", {"url": "https://ci.example/1", "title": "Build 1, green"}),
        ("m2", {"url": "https://ci.example/2", "title": "Build 2"}),
    ]


def test_a_property_is_kept(here: Connected) -> None:
    assert here.jira.get_property("OPS-1", "jira-reactor.session") is None
    here.jira.set_property("OPS-1", "jira-reactor.session", {"id": "s-1", "turns": [1, 2]})
    assert here.jira.get_property("OPS-1", "jira-reactor.session") == {"id": "s-1", "turns": [1, 2]}


def test_what_fits_is_taken_and_what_is_too_long_is_not(here: Connected) -> None:
    fits = [length for length in (100, 25_000, 29_000, 40_000) if here.jira.fits("word " * (length // 5))]
    assert fits[:2] == [100, 25_000]
    assert 40_000 not in fits
    assert here.jira.comment("OPS-1", "word " * (max(fits) // 5), marker="m1")
    with pytest.raises(Invalid, match=r"CONTENT_LIMIT_EXCEEDED|allowed limit"):
        here.jira.comment("OPS-1", "word " * 8_000, marker="m2")


def test_a_wrong_token_is_named_with_its_cure(here: Connected) -> None:
    jira = here.open_as(here.droid, token="expired")
    with pytest.raises(Unauthenticated, match=r"answered 401 to GET .*/myself.*Make a new API token") as caught:
        jira.myself()
    assert (caught.value.status, caught.value.transient, caught.value.sent) == (401, False, False)


def test_an_unknown_issue_is_named_with_its_cure(here: Connected) -> None:
    with pytest.raises(NotFound, match=r"GET .*/issue/OPS-99: Issue does not exist.*Browse Projects"):
        here.jira.issue("OPS-99")


def test_an_issue_we_may_not_see_looks_the_same(here: Connected) -> None:
    here.site.forbid(here.droid, "BROWSE_PROJECTS", project="OPS")
    with pytest.raises(NotFound, match="Browse Projects"):
        here.jira.comment("OPS-1", "Hello?", marker="m1")


def test_without_the_permission_to_comment_it_is_named(here: Connected) -> None:
    here.site.forbid(here.droid, "ADD_COMMENTS", project="OPS")
    with pytest.raises(Invalid, match=r"permission to comment.*Give the service account Add Comments"):
        here.jira.comment("OPS-1", "Hello?", marker="m1")


def test_without_the_permission_to_link_it_is_named(here: Connected) -> None:
    here.site.forbid(here.droid, "LINK_ISSUES", project="OPS")
    with pytest.raises(Forbidden, match="Give the service account Link Issues"):
        here.jira.remote_link("OPS-1", "https://ci.example/1", "Build", marker="m1")


def test_without_the_permission_to_edit_it_is_named(here: Connected) -> None:
    here.site.forbid(here.droid, "EDIT_ISSUES", "ASSIGN_ISSUES", project="OPS")
    with pytest.raises(Invalid, match=r"Field labels: .* cannot be set.*lacks Edit Issues"):
        here.jira.label("OPS-1", add=["seen"], marker="m1")
    with pytest.raises(Invalid, match=r"Field assignee: .* cannot be set.*Assign Issues"):
        here.jira.assign("OPS-1", here.droid.id, marker="m2")


@pytest.mark.parametrize("reason", REASONS)
def test_writes_wait_out_each_rate_limit(here: Connected, reason: str) -> None:
    here.running.trouble.answer(429, times=2, method="POST", path="/comment$", reason=reason)
    assert here.jira.comment("OPS-1", "Once.", marker="m1")
    assert len(here.site.issues["OPS-1"].comments) == 1


@pytest.mark.parametrize("reason", REASONS)
def test_a_rate_limit_that_stays_goes_to_the_caller(here: Connected, reason: str) -> None:
    here.running.trouble.answer(429, times=9, reason=reason, retry_after=20)
    with pytest.raises(RateLimited) as caught:
        here.jira.issue("OPS-1")
    assert (caught.value.reason, caught.value.retry_after, caught.value.sent) == (reason, 20.0, False)


def test_reads_outlast_a_short_outage(here: Connected) -> None:
    here.running.trouble.answer(503, times=3, retry_after=1)
    assert here.jira.issue("OPS-1").key == "OPS-1"


def test_a_write_that_failed_after_it_was_executed_is_found_by_its_marker(here: Connected) -> None:
    """Not repeated by the client, because nobody can know; the marker tells."""
    here.running.trouble.answer(503, method="POST", path="/comment$", executed=True)
    with pytest.raises(JiraBroken) as caught:
        here.jira.comment("OPS-1", "Once.", marker="m1")
    assert caught.value.sent
    assert caught.value.transient
    assert here.jira.find_comment("OPS-1", "m1")


def test_a_conflicting_update_may_be_tried_again(here: Connected) -> None:
    here.running.trouble.answer(409, method="POST", path="/transitions$")
    with pytest.raises(Conflict) as caught:
        here.jira.transition("OPS-1", "Done", marker="m1")
    assert caught.value.transient
    assert not caught.value.sent


def test_a_jira_that_is_down_is_unreachable(here: Connected) -> None:
    with here.running.refusing(), pytest.raises(Unreachable, match="accepts no connection"):
        here.jira.myself()


def test_stored_credentials_sign_again() -> None:
    assert isinstance(restore("api_token", {"email": "droid@example.com", "token": "t"}), ApiToken)
    assert isinstance(restore("personal_access_token", {"token": "t"}), PersonalAccessToken)
    with pytest.raises(Invalid, match="Choose one of api_token"):
        restore("password", {"token": "t"})


def test_there_are_two_deployments() -> None:
    with pytest.raises(Invalid, match="Choose cloud or datacenter"):
        connect("server", "https://jira.example.com", PersonalAccessToken("t"))


@pytest.mark.parametrize("odd", [None, [], {"historyMetadata": None}, {"historyMetadata": {"extraData": "m1"}}])
def test_a_history_without_our_mark_carries_no_marker(odd: object) -> None:
    assert not marking.in_history(odd, "m1")


def test_the_changelog_since_a_moment_is_read_oldest_first(here: Connected) -> None:
    for number in range(3):
        here.site.set_labels("OPS-1", f"old{number}", by=here.ada)
    since = here.jira.changelog("OPS-1")[2].created
    sleep(0.002)
    here.site.set_labels("OPS-1", "new", by=here.droid)
    here.site.move("OPS-1", "In Progress", by=here.ada)
    assert len(here.jira.changelog("OPS-1")) == 5
    newer = [entry for entry in here.jira.changelog("OPS-1", since) if entry.created > since]
    assert [entry.author.name for entry in newer if entry.author] == ["Factory Droid", "Ada"]
    assert [change.field for entry in newer for change in entry.changes] == ["labels", "status"]
    assert newer[1].changes[0].to == "In Progress"
    assert newer[1].told["id"] == newer[1].id


def test_a_long_changelog_is_read_no_further_back_than_needed(cloud: Connected) -> None:
    for number in range(350):
        cloud.site.set_labels("OPS-1", f"n{number}", by=cloud.ada)
    history = cloud.jira.changelog("OPS-1")
    assert [entry.changes[0].to for entry in history] == [f"n{number}" for number in range(350)]
    with recorded(cloud.jira) as calls:
        assert cloud.jira.changelog("OPS-1", history[-1].created + 1) == []
    assert len(calls) == 2


def test_an_entry_without_a_moment_is_jira_broken(here: Connected, other: Answering) -> None:
    entries = [{"id": "1", "items": []}]
    other.answer(200, {"values": entries, "total": 1, "changelog": {"histories": entries}})
    here.jira.client.base_url = other.url
    with pytest.raises(JiraBroken, match="when a change was made"):
        here.jira.changelog("OPS-1")


def test_what_jira_changed_by_itself_has_no_author(here: Connected, other: Answering) -> None:
    entries = [{"id": "1", "items": [], "created": "2019-06-01T12:42:30.000+0000"}]
    other.answer(200, {"values": entries, "total": 1, "changelog": {"histories": entries}})
    here.jira.client.base_url = other.url
    assert [entry.author for entry in here.jira.changelog("OPS-1")] == [None]


def test_an_issue_is_created_and_deleted(here: Connected) -> None:
    key = here.jira.create_issue("OPS", "Is this thing on?")
    assert (here.jira.issue(key).summary, here.jira.issue(key).issue_type) == ("Is this thing on?", "Task")
    bug = here.jira.create_issue("OPS", "It is not.", "Bug")
    assert here.jira.issue(bug).issue_type == "Bug"
    here.jira.delete_issue(key)
    with pytest.raises(NotFound):
        here.jira.issue(key)


def test_a_type_of_issue_that_the_project_lacks_is_named(here: Connected) -> None:
    with pytest.raises(Invalid, match=r"Project OPS has no type of issue Wish\. See Project settings > Issue types"):
        here.jira.create_issue("OPS", "A pony", "Wish")


def test_a_comment_is_deleted(here: Connected) -> None:
    comment_id = here.jira.comment("OPS-1", "Never mind.", marker="run-1")
    here.jira.delete_comment("OPS-1", comment_id)
    assert here.jira.comments("OPS-1") == []
