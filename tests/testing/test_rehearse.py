"""A rehearsal tells what a handler would write, whatever it would be, and why it would not."""

from pathlib import Path

import pytest

from app.droids.base import Report
from app.events.event import Issue
from app.testing import ADA, Rehearse, comment_created, issue_created, issue_updated

HEAD = "from app.handler import Context, Router\n\nrouter = Router()\n\n\n"


def handler(folder: Path, *lines: str, on: str = '"jira:issue_created"') -> Path:
    """Write a handler file around the lines of its function."""
    file = folder / "made.py"
    body = "".join(f"    {line}\n" for line in lines)
    file.write_text(f"{HEAD}@router.on({on})\ndef work(ctx: Context) -> None:\n{body}")
    return file


def test_every_kind_of_write_is_told_and_seen_by_what_is_read_later(rehearse: Rehearse, tmp_path: Path) -> None:
    file = handler(
        tmp_path,
        'first = ctx.jira.comment("draft")',
        'ctx.jira.edit_comment(first, f"{len(ctx.jira.comments())} comment")',
        'ctx.jira.comment("over there", on="OPS-2")',
        'ctx.jira.transition("Nirvana", "Done")',
        'ctx.jira.transition("nirvana")',
        "ctx.jira.assign(ctx.droid.user)",
        "ctx.jira.assign(None)",
        'ctx.jira.label("new", remove=("old",))',
        'ctx.jira.set_fields({"priority": {"name": "High"}})',
        'ctx.jira.remote_link("https://example.com/1", "Pull request")',
        'ctx.jira.set_property("seen", [ctx.jira.get_property("before"), ctx.jira.get_property("never")])',
        'ctx.jira.comment(str(ctx.jira.get_property("seen")))',
    )
    said = rehearse(file, issue_created(labels=["old"]), properties={"before": 1})
    assert said.failure == ""
    assert said.comments == ["1 comment", "over there", "[1, None]"]
    assert (said.transitions, said.assigned) == (["Nirvana"], ["Factory Droid", None])
    assert (said.labels, said.unlabelled, said.links) == (["new"], ["old"], ["https://example.com/1"])
    assert (said.fields, said.properties) == ({"priority": {"name": "High"}}, {"seen": [1, None]})
    assert [(write.kind, write.issue) for write in said.writes][:3] == [
        ("comment", "OPS-1"),
        ("edit comment", "OPS-1"),
        ("comment", "OPS-2"),
    ]
    assert len(said.writes) == 11


ANSWERS = [
    pytest.param(["one", "two"], ["one", "two"], id="in turn"),
    pytest.param(Report("same"), ["same", "same"], id="a report"),
    pytest.param(lambda prompt: prompt.upper(), ["FIRST", "SECOND"], id="a function"),
]


@pytest.mark.parametrize(("droid", "comments"), ANSWERS)
def test_the_droid_says_what_the_test_wrote_for_it(
    rehearse: Rehearse, tmp_path: Path, droid: object, comments: list[str]
) -> None:
    lines = [f'ctx.jira.comment(ctx.droid.run("{word}", about=ctx.issue).text)' for word in ("First", "Second")]
    said = rehearse(handler(tmp_path, *lines), issue_created(), droid=droid)
    assert (said.comments, said.prompts) == (comments, ["First", "Second"])


def test_a_droid_asked_more_often_than_the_test_expects_is_a_failure_of_the_test(
    rehearse: Rehearse, tmp_path: Path
) -> None:
    file = handler(tmp_path, *['ctx.droid.run("Work.", about=ctx.issue)'] * 2)
    with pytest.raises(AssertionError, match="The droid was asked 2 times; the test has 1 answer"):
        rehearse(file, issue_created(), droid=["one"])


ENDS = [
    pytest.param(Report("", "failed", reason="out of memory"), "The droid failed: out of memory", "", id="fails"),
    pytest.param(Report("", "awaiting input", question="Which?"), "", "Which?", id="asks"),
    pytest.param("I looked.\n\nQUESTION: Which?", "", "Which?", id="asks in words"),
]


@pytest.mark.parametrize(("droid", "failure", "question"), ENDS)
def test_how_a_run_would_end_is_told(
    rehearse: Rehearse, tmp_path: Path, droid: object, failure: str, question: str
) -> None:
    file = handler(tmp_path, 'ctx.jira.answer(ctx.droid.run("Work.", about=ctx.issue).text)')
    said = rehearse(file, issue_created(), droid=droid)
    assert (said.failure, said.question, said.comments) == (failure, question, [])


def test_a_mistake_in_the_handler_comes_up_as_it_is(rehearse: Rehearse, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        rehearse(handler(tmp_path, "1 / 0"), issue_created())


def test_what_a_rehearsal_cannot_do_is_a_failure_that_says_so(rehearse: Rehearse, tmp_path: Path) -> None:
    said = rehearse(handler(tmp_path, 'ctx._jira.delete_issue("OPS-1")'), issue_created())
    assert said.failure.startswith("A rehearsal cannot do delete_issue.")
    said = rehearse(handler(tmp_path, "ctx._jira.server()"), issue_created())
    assert said.failure == "No Jira takes part in this rehearsal that could be asked for server."


def test_who_asked_and_who_may_see_the_answer_is_as_in_jira(rehearse: Rehearse, tmp_path: Path) -> None:
    file = handler(tmp_path, 'ctx.jira.answer("Here.")', "ctx.jira.comment(ctx.asker.name)", on='"comment_created"')
    for deployment in ("cloud", "datacenter"):
        said = rehearse(file, comment_created("hm", internal=True, deployment=deployment))
        assert said.comments[1] == ADA.name
        assert [write.kind for write in said.writes] == ["internal comment", "internal comment"]


def test_a_search_finds_what_the_test_says_is_there(rehearse: Rehearse, tmp_path: Path) -> None:
    file = handler(tmp_path, 'ctx.jira.comment(" ".join(i.key for i in ctx.jira.search("project = OPS")))')
    found = [Issue("2", "OPS-2"), Issue("3", "OPS-3")]
    assert rehearse(file, issue_created(), found=found).comments == ["OPS-2 OPS-3"]


def test_a_route_that_does_not_react_says_why(rehearse: Rehearse, tmp_path: Path) -> None:
    file = handler(tmp_path, "...", on='"jira:issue_updated", field="status"')
    said = rehearse(file, issue_updated("labels", to="web"))
    assert (said.decision, said.routes) == ("unmatched", [])
    assert said.reason.endswith("made.work needs a change of status; changed: labels.")
