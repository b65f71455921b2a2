"""Every delivery gets one decision with its reason, and every matched route a run of its own."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.handler import Context, Router
from app.reacting.guards import Bounds
from app.receiving.replay import replay, replay_body
from app.simulator.people import Person
from app.storage import deliveries, projects, runs, tables
from tests.reacting.conftest import World


def listening(*events: str, reply: str = "", **conditions: Any) -> Router:
    """A router with one route, "test_dispatch.work"."""
    router = Router()

    @router.on(*events, **conditions)
    def work(ctx: Context) -> None:
        if reply:
            ctx.jira.comment(reply)

    return router


def everything(**conditions: Any) -> Router:
    return listening("jira:issue_created", "jira:issue_updated", "comment_created", "comment_updated", **conditions)


def test_a_matching_delivery_is_handled_and_its_runs_are_queued_by_issue(stored: World) -> None:
    stored.issue()
    assert stored.decide(listening("jira:issue_created")) == [("handled", "test_dispatch.work matched.")]
    [run] = stored.runs()
    assert stored.engine.started == [(run.id, run.id, f"{stored.connection.id}:{run.issue}", "runs")]
    assert (run.state, run.issue_key, run.route) == ("pending", "OPS-1", "test_dispatch.work")


def test_a_delivery_that_no_route_waits_for_says_what_was_missing(cloud: World) -> None:
    cloud.issue()
    [(decision, reason)] = cloud.decide(listening("jira:issue_created", project="WEB"))
    assert decision == "unmatched"
    assert "test_dispatch.work needs project WEB, not OPS" in reason


def test_an_opt_in_route_gets_runs_only_where_it_is_turned_on(stored: World) -> None:
    route = listening("jira:issue_created", opt_in=True)
    projects.turn(stored.db, stored.connection.id, "GATE", "test_dispatch.work", on=True)
    stored.issue("OPS")
    stored.issue("GATE")
    [(off, why), (on, _)] = stored.decide(route)
    assert (off, on) == ("unmatched", "handled")
    assert "`jira-reactor projects policy OPS --turn-on test_dispatch.work`" in why
    assert [run.project for run in stored.runs()] == ["GATE"]


def test_the_droids_own_doings_are_ignored(here: World) -> None:
    key = here.issue(assignee=None)
    here.decide()
    here.site.move(key, "In Progress", by=here.droid)
    here.site.add_comment(key, "done", by=here.droid)
    decisions = here.decide(everything())
    # The comment events of Data Center's own kind lack the issue, and are the droid's all the same.
    assert {decision for decision, _ in decisions} == {"ignored"}
    assert all("The droid did this itself" in reason for _, reason in decisions)


def test_a_comment_that_a_run_wrote_is_ignored_whatever_account_it_names(stored: World) -> None:
    key = stored.issue()
    stored.react(listening("jira:issue_created", reply="hello"))
    [comment] = [body for body in stored.bodies() if body["webhookEvent"] == "comment_created"]
    comment["comment"]["author"] = comment["comment"]["updateAuthor"] = person(stored, stored.ada)
    replay_body(stored.db, stored.connection, json.dumps(comment).encode())
    [(decision, reason)] = stored.decide(everything())
    assert decision == "ignored"
    assert "was written by a run" in reason
    assert len(stored.said(key)) == 1


def test_customers_never_trigger_a_droid(cloud: World) -> None:
    customer = cloud.site.add_user("Carl", email="carl@example.com", kind="customer")
    cloud.site.create_issue("OPS", "Help", by=customer)
    [(decision, reason)] = cloud.decide(everything())
    assert decision == "ignored"
    assert "Carl is a customer" in reason


def test_an_issue_is_left_alone_once_it_caused_too_many_runs_in_an_hour(stored: World) -> None:
    key = stored.issue()
    for number in range(3):
        stored.site.set_labels(key, f"label{number}", by=stored.ada)
    stored.settle()
    stored.issue()
    decisions = stored.decide(everything(), bounds=Bounds(runs_per_issue=3, hops=5))
    assert [decision for decision, _ in decisions] == ["handled"] * 3 + ["ignored", "handled"]
    assert "as many as JIRA_REACTOR_RUNS_PER_ISSUE allows" in decisions[3][1]


def test_two_programs_that_answer_each_other_are_stopped(cloud: World) -> None:
    """A bot of somebody else's answers every comment of ours at once."""
    bot = cloud.site.add_user("Bot", email="bot@example.com", kind="app")
    router, bounds = listening("comment_created", reply="and you?"), Bounds(runs_per_issue=60, hops=3)
    key = cloud.issue()
    for _ in range(8):
        cloud.site.add_comment(key, "how are you?", by=bot)
        cloud.react(router, bounds=bounds)
    assert [run.hop for run in cloud.runs()] == [0, 1, 2, 3]
    newest = next(d for d in deliveries.latest(cloud.db, 10) if d.event == "comment_created")
    assert newest.decision == "ignored"
    assert "more than JIRA_REACTOR_HOPS allows: two programs may be talking to each other" in (newest.reason or "")


def test_a_conversation_that_takes_its_time_is_no_loop(cloud: World) -> None:
    router = listening("comment_created", reply="I see")
    key = cloud.issue()
    for _ in range(3):
        cloud.site.add_comment(key, "go on", by=cloud.ada)
        cloud.react(router, bounds=Bounds(runs_per_issue=60, hops=1))
        with cloud.db.writing() as tx:
            tx.execute(tables.actions.update().values(ended_at=tables.actions.c.ended_at - 60_000))
    assert [run.hop for run in cloud.runs()] == [0, 0, 0]


def test_a_project_that_nobody_authorized_is_refused_in_silence(cloud: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call of any kind goes to Jira, not even to read."""
    key = cloud.issue("SECRET")
    cloud.site.add_comment(key, f"{cloud.mention()} help", by=cloud.ada)
    cloud.site.assign(key, cloud.droid, by=cloud.ada)
    asked: list[str] = []
    monkeypatch.setattr(cloud.running.trouble, "before", lambda method, path: asked.append(path))
    assert cloud.react(everything()) == []
    assert cloud.decisions() == ["refused"] * 3
    assert asked == []
    reason = deliveries.latest(cloud.db, 1)[0].reason or ""
    assert "`jira-reactor projects authorize SECRET`" in reason


def test_a_project_whose_authorization_was_taken_back_is_refused(stored: World) -> None:
    projects.revoke(stored.db, stored.connection.id, "OPS")
    stored.issue()
    [(decision, _)] = stored.decide(everything())
    assert decision == "refused"


def test_an_event_of_another_site_is_refused(cloud: World) -> None:
    cloud.issue()
    [body] = cloud.bodies()
    other = json.dumps(body).replace(cloud.running.url, "https://other.atlassian.net").encode()
    cloud.decide()
    replay_body(cloud.db, cloud.connection, other)
    [(decision, reason)] = cloud.decide(everything())
    assert decision == "refused"
    assert "comes from other.atlassian.net" in reason


def test_deliveries_of_a_removed_connection_are_refused(stored: World) -> None:
    stored.issue()
    stored.settle()
    with stored.db.writing() as tx:
        tx.execute(sa.delete(tables.connections))
    assert stored.decide(everything()) == [("refused", "The connection this was sent to has been removed.")]


def test_an_event_that_says_no_project_is_refused_although_a_route_matches(datacenter: World) -> None:
    key = datacenter.issue()
    datacenter.decide()
    datacenter.site.add_comment(key, "hello", by=datacenter.ada)
    (first, reason), (second, _) = datacenter.decide(listening("comment_created"))
    assert (first, second) == ("refused", "handled")
    assert "does not say which project" in reason


def test_an_event_nobody_heard_of_is_unknown(stored: World) -> None:
    replay_body(stored.db, stored.connection, b'{"webhookEvent": "jira:issue_exploded", "issue": {"id": "1"}}')
    [(decision, reason)] = stored.decide(everything())
    assert decision == "unknown"
    assert "jira:issue_exploded" in reason


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"[]", "must be an object", id="a list"),
        pytest.param(b'{"webhookEvent": 7}', "webhookEvent", id="a number for a name"),
        pytest.param(b'{"webhookEvent": "comment_created", "comment": "x"}', "comment", id="a text for a comment"),
    ],
)
def test_what_cannot_be_read_is_malformed_and_names_the_field(stored: World, body: bytes, words: str) -> None:
    replay_body(stored.db, stored.connection, body)
    [(decision, reason)] = stored.decide(everything())
    assert decision == "malformed"
    assert words in reason


def test_a_kept_body_that_became_no_json_is_malformed_too(stored: World) -> None:
    """The receiver keeps only JSON; this is for what a hand or a disk did to the store."""
    deliveries.keep(
        stored.db, connection_id=stored.connection.id, key="k", headers="{}", body=b"\xff{", event="jira:issue_created"
    )
    [(decision, _)] = stored.decide(everything())
    assert decision == "malformed"


def test_each_matched_route_is_its_own_run_in_the_order_of_the_file(stored: World) -> None:
    router, order = Router(), []

    @router.on("jira:issue_created")
    def zebra(ctx: Context) -> None:
        order.append("zebra")

    @router.on("jira:issue_created")
    def aardvark(ctx: Context) -> None:
        order.append("aardvark")

    stored.issue()
    assert stored.react(router, listening("jira:issue_created", reply="third"))
    assert [run.route.partition(".")[2] for run in stored.runs()] == ["zebra", "aardvark", "work"]
    assert order == ["zebra", "aardvark"]
    [delivery] = [d for d in deliveries.latest(stored.db, 9) if d.decision == "handled"]
    assert delivery.reason == "test_dispatch.zebra, test_dispatch.aardvark and test_dispatch.work matched."


def test_deliveries_are_decided_in_the_order_they_came(cloud: World) -> None:
    keys = [cloud.issue() for _ in range(3)]
    cloud.react(listening("jira:issue_created", reply="seen"))
    assert [run.issue_key for run in cloud.runs()] == keys
    assert [run.delivery for run in cloud.runs()] == [1, 2, 3]


def test_a_replay_reacts_again(stored: World) -> None:
    key = stored.issue()
    router = listening("jira:issue_created", reply="seen")
    [first] = stored.react(router)
    replay(stored.db, first.delivery)
    assert [run.state for run in stored.react(router)] == ["complete", "complete"]
    assert stored.said(key) == ["seen", "seen"]


def test_the_same_fact_in_another_delivery_is_a_duplicate(stored: World) -> None:
    """Some Jiras send an event twice under two identifiers."""
    stored.issue()
    router = listening("jira:issue_created", reply="seen")
    [first] = stored.react(router)
    again = stored.delivery(first.delivery)
    deliveries.keep(
        stored.db, connection_id=stored.connection.id, key="other", headers="{}", body=again.body, event=again.event
    )
    reason = f"Delivery {first.delivery} told the same, and its runs reacted to it."
    assert stored.decide(router) == [("duplicate", reason)]


def with_issue(told: dict[str, Any], of: dict[str, Any]) -> dict[str, Any]:
    """Newer Data Centers tell the issue with the comment."""
    return told | {"issue": of["issue"]}


@pytest.mark.parametrize("turned", [False, True], ids=["comment first", "update first"])
def test_a_comment_that_data_center_tells_twice_reacts_once(datacenter: World, turned: bool) -> None:
    key = datacenter.issue()
    datacenter.decide()
    datacenter.site.add_comment(key, f"{datacenter.mention()} hello", by=datacenter.ada)
    datacenter.settle()
    with datacenter.db.writing() as tx:
        tx.execute(sa.delete(tables.deliveries))
    *_, comment, update = datacenter.bodies()
    assert (comment["webhookEvent"], update["webhookEvent"]) == ("comment_created", "jira:issue_updated")
    tellings = [with_issue(comment, update), update][:: -1 if turned else 1]
    for number, telling in enumerate(tellings):
        keep(datacenter, f"telling{number}", telling)
    router = listening("comment_created", mention=True, reply="hello yourself")
    assert [decision for decision, _ in datacenter.decide(router)] == ["handled", "duplicate"]


def test_a_change_told_in_the_same_body_as_a_comment_still_reacts(datacenter: World) -> None:
    """The comment was told before; the transition it was written in was not."""
    key = datacenter.issue()
    datacenter.site.add_comment(key, "moving on", by=datacenter.ada)
    datacenter.site.move(key, "In Progress", by=datacenter.ada)
    *_, comment, told, moved = datacenter.bodies()
    datacenter.decide()
    with datacenter.db.writing() as tx:
        tx.execute(sa.delete(tables.deliveries))
        tx.execute(sa.delete(tables.runs))
    keep(datacenter, "comment", with_issue(comment, told))
    keep(datacenter, "both", told | {"changelog": moved["changelog"], "issue_event_type_name": "issue_generic"})
    answers, moves = listening("comment_created"), Router()

    @moves.on("jira:issue_updated", field="status", to="In Progress")
    def moved_on(ctx: Context) -> None: ...

    assert [decision for decision, _ in datacenter.decide(answers, moves)] == ["handled", "handled"]
    assert [run.route for run in datacenter.runs()] == ["test_dispatch.work", "test_dispatch.moved_on"]


def test_what_was_decided_just_before_a_crash_is_started_after_it(stored: World) -> None:
    """The decision and its runs are one transaction; telling the engine comes after it."""
    stored.issue()
    stored.settle()
    [waiting] = deliveries.undecided(stored.db, 5)
    dispatcher = stored.dispatcher(listening("jira:issue_created").routes)
    ruling = dispatcher._rule(waiting)
    assert deliveries.decide(stored.db, waiting.seq, ruling.decision, ruling.reason, ruling.effects)
    assert dispatcher.turn()
    assert [key for key, *_ in stored.engine.started] == [run.id for run in stored.runs()]
    assert not dispatcher.turn()


def test_nothing_waiting_is_nothing_to_do(stored: World) -> None:
    assert not stored.dispatcher([]).turn()
    assert runs.latest(stored.db, 1) == []


def person(world: World, who: Person) -> dict[str, Any]:
    return {"accountId": who.id, "displayName": who.name, "accountType": "atlassian"}


def keep(world: World, key: str, body: dict[str, Any]) -> None:
    event = body["webhookEvent"]
    raw = json.dumps(body).encode()
    deliveries.keep(world.db, connection_id=world.connection.id, key=key, headers="{}", body=raw, event=event)
