"""Proving a connection by using it, and each wrong turn with its cause and cure."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.connecting.verify import Step, verify
from app.connecting.verify.arriving import Expected, wait
from app.events.event import User
from app.events.parse import parse
from app.routing import Router, decide
from app.simulator import GATED
from app.simulator.workflow import DONE_STATUS, TO_DO, Transition, Workflow
from app.storage import deliveries, projects, webhooks
from tests.connecting.worlds import World, receiving, world


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with (
        receiving({"JIRA_REACTOR_HOME": str(tmp_path)}) as url,
        world(request.param, tmp_path, public_url=url) as made,
    ):
        yield made


def steps(world: World, *, patience: float = 5.0, url: str | None = None, **more: Any) -> dict[str, Step]:
    url = world.settings.public_url if url is None else url
    taken = verify(world.db, world.connection, world.jira, "OPS", public_url=url, patience=patience, **more)
    return {step.name: step for step in taken}


def failure(taken: dict[str, Step]) -> Step:
    """The one step that failed; all after it but the last were skipped because of it."""
    [failed] = [step for step in taken.values() if step.outcome == "failed"]
    names = list(taken)
    for name in names[names.index(failed.name) + 1 : -1]:
        assert (taken[name].outcome, taken[name].said) == ("skipped", f"because {failed.name} failed")
    assert failed.cure
    return failed


def test_a_connection_that_works_passes_every_step_and_leaves_nothing(world: World) -> None:
    world.register()
    taken = steps(world)
    assert {step.outcome for step in taken.values()} == {"ok"}
    assert list(taken) == [
        *("log in", "read", "create issue", "comment", "move", "move back", "webhooks", "signatures", "clean up"),
    ]
    assert taken["read"].said == "project OPS (Operations)"
    assert taken["move"].said == "To Do → In Progress"
    assert taken["webhooks"].said.startswith("jira:issue_created, comment_created, jira:issue_updated arrived after ")
    assert taken["signatures"].said == "3 of 3 verified by X-Hub-Signature before they were kept"
    assert taken["clean up"].said == "deleted OPS-1"
    assert world.site.issues == {}
    assert all(step.seconds >= 0 for step in taken.values())


def test_what_a_verification_does_triggers_no_route(world: World) -> None:
    router = Router()
    router.on("jira:issue_created", "jira:issue_updated", "comment_created")(lambda ctx: None)
    world.register()
    steps(world)
    kept = deliveries.latest(world.db, 10)
    events = [parse(json.loads(delivery.body)) for delivery in kept]
    droid = world.connection.account
    outcomes = [decide(event, router.routes, droid, authorized=lambda key: True) for event in events]
    assert len(outcomes) >= 3
    assert {outcome.decision for outcome in outcomes} == {"ignored"}


def test_a_given_issue_is_left_as_it_was(world: World) -> None:
    world.register()
    issue = world.site.create_issue("OPS", "Mine", by=world.ada)
    taken = steps(world, issue="OPS-1")
    assert {step.outcome for step in taken.values()} == {"ok"}
    assert taken["read issue"].said == "OPS-1 in To Do"
    assert taken["clean up"].said.startswith("deleted comment ")
    assert (issue.status.name, issue.comments) == ("To Do", [])


def test_an_issue_of_another_project_is_refused(world: World) -> None:
    world.site.create_issue("WEB", "Theirs", by=world.ada)
    failed = failure(steps(world, issue="WEB-1"))
    assert (failed.name, failed.said) == ("read issue", "WEB-1 is not an issue of OPS.")


def test_credentials_of_another_account_are_refused(world: World) -> None:
    other = replace(world.connection, account=User("other", "Somebody Else"))
    taken = {s.name: s for s in verify(world.db, other, world.jira, "OPS", public_url="http://x")}
    failed = failure(taken)
    assert failed.said == "The credentials belong to Factory Droid, but the connection is Somebody Else's."
    assert (taken["clean up"].outcome, taken["clean up"].said) == ("skipped", "Nothing was made.")


@pytest.mark.parametrize(
    ("permission", "step", "said"),
    [
        pytest.param("BROWSE_PROJECTS", "read", "Jira answered 404", id="browse"),
        pytest.param("CREATE_ISSUES", "create issue", "cannot create a test issue in OPS: Create Issues.", id="create"),
        pytest.param("ADD_COMMENTS", "comment", "The account cannot comment: Add Comments.", id="comment"),
        pytest.param("TRANSITION_ISSUES", "move", "The account cannot move issues: Transition Issues.", id="move"),
    ],
)
def test_a_missing_permission_is_named_by_the_step_that_needs_it(
    world: World, permission: str, step: str, said: str
) -> None:
    world.register()
    world.site.forbid(world.droid, permission, project="OPS")
    failed = failure(steps(world))
    assert failed.name == step
    assert said in failed.said
    assert world.site.issues == {}


def test_an_issue_that_may_not_be_deleted_is_left_and_said(world: World) -> None:
    world.register()
    world.site.forbid(world.droid, "DELETE_ISSUES", project="OPS")
    taken = steps(world)
    left = taken["clean up"]
    assert (left.outcome, left.said) == (
        "left",
        "OPS-1 is left. The account lacks Delete Issues, and does not need it otherwise.",
    )
    assert left.cure == "Delete it in Jira by hand."
    assert "failed" not in {step.outcome for step in taken.values()}


def test_a_comment_that_may_not_be_deleted_is_left_and_said(world: World) -> None:
    world.register()
    world.site.forbid(world.droid, "DELETE_OWN_COMMENTS", project="OPS")
    world.site.create_issue("OPS", "Mine", by=world.ada)
    left = steps(world, issue="OPS-1")["clean up"]
    assert left.outcome == "left"
    assert left.said.endswith(
        "of OPS-1 is left. The account lacks Delete Own Comments, and does not need it otherwise."
    )


def test_a_jira_that_breaks_in_the_middle_is_cleaned_up_as_far_as_it_goes(world: World) -> None:
    world.register()
    world.running.trouble.answer(500, path="/comment", times=9)
    taken = steps(world)
    assert failure(taken).said.startswith("Jira answered 500 to POST")
    assert taken["clean up"].said == "deleted OPS-1"


def test_whoever_loses_patience_leaves_nothing_behind(world: World) -> None:
    taken = verify(world.db, world.connection, world.jira, "OPS", public_url="http://x")
    while next(taken).name != "create issue":
        pass
    assert list(world.site.issues) == ["OPS-1"]
    taken.close()  # type: ignore[attr-defined]
    assert world.site.issues == {}


def test_without_authorization_no_webhook_can_come(world: World) -> None:
    projects.revoke(world.db, world.connection.id, "OPS")
    failed = failure(steps(world))
    assert (failed.name, failed.said) == ("webhooks", "OPS is not authorized, so Jira is not asked for its events.")
    assert failed.cure == "Run `jira-reactor projects authorize OPS`."


def test_without_a_registration_no_webhook_can_come(world: World) -> None:
    failed = failure(steps(world))
    assert failed.said == "No webhook is registered for test, so Jira pushes nothing."
    assert failed.cure == "Run `jira-reactor webhooks register`."


def test_without_a_public_url_jira_cannot_push(world: World) -> None:
    world.register()
    assert failure(steps(world, url="")).said.startswith("JIRA_REACTOR_PUBLIC_URL is not set")


def test_without_a_receiver_the_webhooks_step_says_so(world: World) -> None:
    for hook in webhooks.of_connection(world.db, world.connection.id):
        webhooks.remove(world.db, hook.id)
    webhooks.add(world.db, world.vault, connection_id=world.connection.id, kind="admin", jira_id="1", secret="s")
    failed = failure(steps(world, url="http://127.0.0.1:1", patience=0.1))
    assert failed.name == "webhooks"
    assert "did not arrive within 0.1 s: Nothing answers at http://127.0.0.1:1 (ConnectionError)." in failed.said
    assert "Start `jira-reactor serve`" in failed.cure


def test_another_secret_leaves_nothing_and_the_cure_tells_what_to_look_for(world: World) -> None:
    world.register(secret="a secret we do not know")
    failed = failure(steps(world, patience=0.5))
    assert f"though the receiver answers at {world.settings.public_url}" in failed.said
    assert "webhooks rotate-secret" in failed.cure
    assert deliveries.latest(world.db, 1) == []


def test_an_event_that_is_not_pushed_is_named(world: World) -> None:
    """The registration in Jira lost an event that ours still names."""
    world.register()
    hook = world.running.webhooks.get(1)
    assert hook is not None
    hook.events = ("jira:issue_created", "jira:issue_updated")
    failed = failure(steps(world, patience=0.5))
    assert failed.said == "Others arrived, but comment_created did not within 0.5 s."
    assert "webhooks doctor" in failed.cure


def test_only_what_is_registered_is_waited_for(world: World) -> None:
    world.register("jira:issue_created")
    assert steps(world)["webhooks"].said.startswith("jira:issue_created arrived after ")


@pytest.fixture(name="gated", params=["cloud", "datacenter"])
def _gated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with (
        receiving({"JIRA_REACTOR_HOME": str(tmp_path)}) as url,
        world(request.param, tmp_path, public_url=url, workflow=GATED) as made,
    ):
        made.register()
        yield made


def test_a_way_that_demands_a_field_is_not_taken(gated: World) -> None:
    """Out of In Review one way demands a resolution and the other leads back."""
    issue = gated.site.create_issue("OPS", "Mine", by=gated.ada)
    for status in ("In Progress", "In Review"):
        gated.site.move(issue.key, status, by=gated.ada)
    taken = steps(gated, issue="OPS-1")
    assert taken["move"].said == "In Review → In Progress"
    assert (taken["move back"].outcome, issue.status.name) == ("ok", "In Review")


def test_a_move_that_cannot_be_taken_back_is_said(gated: World) -> None:
    issue = gated.site.create_issue("OPS", "Mine", by=gated.ada)
    for status in ("In Progress", "In Review"):
        gated.site.move(issue.key, status, by=gated.ada)
    gated.site.move(issue.key, "Done", by=gated.ada, values={"resolution": "Done"})
    back = steps(gated, issue="OPS-1")["move back"]
    assert back.outcome == "left"
    assert back.said == "The workflow offers no way back, so OPS-1 stays where it is."
    assert back.cure == "Move it back to Done in Jira, if that matters."


def test_a_workflow_without_a_free_way_out_skips_the_move(tmp_path: Path) -> None:
    walled = Workflow(
        TO_DO, (Transition("1", "Finish", DONE_STATUS, screen=("resolution",), required=("resolution",)),)
    )
    with world("cloud", tmp_path, workflow=walled) as made:
        taken = steps(made)
    assert taken["move"].outcome == "skipped"
    assert taken["move"].said == "The workflow offers no way out of To Do without filling in fields."
    assert taken["move back"].said == "It was not moved."


def test_a_test_issue_that_cannot_go_back_is_no_matter(tmp_path: Path) -> None:
    one_way = Workflow(TO_DO, (Transition("1", "Finish", DONE_STATUS),))
    with world("cloud", tmp_path, workflow=one_way) as made:
        taken = steps(made)
    assert taken["move back"].outcome == "skipped"
    assert taken["move back"].said == "The workflow offers no way back to To Do."


def test_a_project_that_demands_more_for_an_issue_can_be_verified_with_one_that_is_there(world: World) -> None:
    world.running.trouble.answer(400, method="POST", path="/issue$")
    failed = failure(steps(world))
    assert failed.name == "create issue"
    assert failed.cure.endswith("Or use an issue that is there: --issue OPS-1.")


def test_a_body_nobody_can_read_is_not_taken_for_the_one_awaited(world: World) -> None:
    keep = {"connection_id": world.connection.id, "headers": "{}", "event": "comment_created"}
    expected = [Expected("comment_created", comment_id="1")]
    for number, body in enumerate((b"{", b"[]", b'{"webhookEvent": "comment_created"}')):
        deliveries.keep(world.db, key=str(number), body=body, **keep)
    assert wait(world.db, world.connection, 0, expected, 0.0) == {}
