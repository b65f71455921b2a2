"""A droid remembers an issue, asks, waits, and goes on with the answer."""

import pytest

from app.droids.base import Report
from app.handler import Context, Router
from app.storage import deliveries, sessions
from tests.reacting.conftest import World
from tests.reacting.talking import Talker, answering, ask
from tests.reacting.waiting import eventually

QUESTION = Report("I found two.", "awaiting input", question="Which printer?", session="s1")


def test_a_follow_up_continues_the_issues_session_and_is_told_only_what_is_new(here: World) -> None:
    droid = here.worker_droid = Talker(Report("first", session="s1"), Report("second", session="s2"))
    key = here.issue(description="It burns.")
    here.site.add_comment(key, "an old comment", by=here.ada)
    ask(here, key, "what now?")
    here.react(answering())
    ask(here, key, "and then?")
    here.react(answering())
    first, second = droid.asked
    assert (first["session"], second["session"]) == (None, "s1")
    assert "It burns." in first["prompt"]
    assert "an old comment" in first["prompt"]
    assert "and then?" in second["prompt"]
    assert "It burns." not in second["prompt"]
    assert "an old comment" not in second["prompt"]
    [run, _] = here.runs()
    kept = sessions.find(here.db, here.connection.id, run.issue, "worker")
    assert kept
    assert kept.id == "s2"


def test_each_issue_and_each_droid_has_a_session_of_its_own(cloud: World) -> None:
    droid = cloud.worker_droid = Talker(Report("first", session="s1"), Report("other", session="s2"))
    ask(cloud, cloud.issue())
    cloud.react(answering())
    ask(cloud, cloud.issue())
    cloud.react(answering())
    assert [asked["session"] for asked in droid.asked] == [None, None]


def test_a_fresh_session_is_begun_where_a_handler_asks_for_one(cloud: World) -> None:
    droid = cloud.worker_droid = Talker(Report("first", session="s1"), Report("second", session="s2"))
    router = Router()

    @router.on("comment_created", mention=True)
    def afresh(ctx: Context) -> None:
        ctx.jira.comment(ctx.droid.run("Answer.", about=ctx.issue, fresh=True).text)

    key = cloud.issue()
    for _ in range(2):
        ask(cloud, key)
        cloud.react(router)
    assert [asked["session"] for asked in droid.asked] == [None, None]


def test_a_session_that_the_droid_forgot_is_begun_anew_with_everything_told(cloud: World) -> None:
    forgotten = Report("", "failed", reason="It does not know the session.", forgotten=True)
    droid = cloud.worker_droid = Talker(Report("first", session="s1"), forgotten, Report("second", session="s2"))
    key = cloud.issue(description="It burns.")
    for _ in range(2):
        ask(cloud, key)
        cloud.react(answering())
    assert [asked["session"] for asked in droid.asked] == [None, "s1", None]
    assert "It burns." in droid.asked[2]["prompt"]
    assert cloud.runs()[-1].state == "complete"


def test_a_question_is_asked_in_jira_and_the_answer_goes_on_where_the_run_stopped(here: World) -> None:
    droid = here.worker_droid = Talker(QUESTION, Report("Turned off the left one.", session="s1"))
    key = here.issue()
    ask(here, key)
    [run] = here.react(answering())
    assert (run.state, run.question) == ("awaiting input", "Which printer?")
    [asked] = here.said(key)
    assert "Which printer?" in asked
    assert (here.ada.id if here.cloud else here.ada.username) in asked
    assert run.question_comment == str(here.site.issues[key].comments[-1].id)

    ask(here, key, "the left one")
    run, answer = here.react(answering())
    assert (run.state, run.turn, answer.route, answer.state) == ("complete", 1, "command:answer", "complete")
    assert here.said(key)[-1].endswith("Turned off the left one.")
    again = droid.asked[1]
    assert (again["session"], again["turn"].question, again["turn"].answer) == ("s1", "Which printer?", "the left one")
    assert "the left one" in again["prompt"]
    assert here.decisions("comment_created" if here.cloud else "jira:issue_updated").count("handled") == 2


def test_what_was_done_before_a_question_is_not_done_again(here: World) -> None:
    here.worker_droid = Talker(QUESTION, QUESTION, Report("done"))
    key = here.issue()
    ask(here, key)
    here.react(answering())
    for _ in range(2):
        ask(here, key, "the left one")
        here.react(answering())
    labelled = [item for entry in here.site.issues[key].histories for item in entry.items if item.field == "labels"]
    assert len(labelled) == 1
    assert [run.state for run in here.runs() if run.route == "talking.answer"] == ["complete"]
    assert len(here.said(key)) == 3


def test_a_question_in_the_last_paragraph_of_an_answer_is_one(cloud: World) -> None:
    cloud.worker_droid = Talker(Report("I found two.\n\nQUESTION: Which printer?"))
    ask(cloud, cloud.issue())
    [run] = cloud.react(answering())
    assert (run.state, run.question) == ("awaiting input", "Which printer?")


@pytest.mark.parametrize(
    ("who", "text", "answers"),
    [
        pytest.param("ada", "the left one", True, id="who was asked, without a mention"),
        pytest.param("ada", "[~accountid:somebody] can you look?", False, id="who was asked, to somebody else"),
        pytest.param("bob", "the left one", False, id="somebody else, to nobody"),
        pytest.param("bob", "{mention} the left one", True, id="somebody else, to the droid"),
    ],
)
def test_who_answers_a_question(cloud: World, who: str, text: str, answers: bool) -> None:
    cloud.worker_droid = Talker(QUESTION, Report("done"))
    people = {"ada": cloud.ada, "bob": cloud.site.add_user("Bob", email="bob@example.com")}
    key = cloud.issue()
    ask(cloud, key)
    cloud.react(answering())
    cloud.site.add_comment(key, text.format(mention=cloud.mention()), by=people[who])
    run = cloud.react(answering())[0]
    assert run.state == ("complete" if answers else "awaiting input")


def test_a_reply_in_the_thread_of_the_question_answers_it(cloud: World) -> None:
    cloud.worker_droid = Talker(QUESTION, Report("done"))
    bob = cloud.site.add_user("Bob", email="bob@example.com")
    key = cloud.issue()
    ask(cloud, key)
    [run] = cloud.react(answering())
    cloud.site.add_comment(key, "the left one", by=bob, parent=int(run.question_comment))
    assert cloud.react(answering())[0].state == "complete"


def test_a_customer_answers_nothing(cloud: World) -> None:
    cloud.worker_droid = Talker(QUESTION)
    customer = cloud.site.add_user("Carla", email="carla@example.com", kind="customer")
    key = cloud.issue()
    ask(cloud, key)
    cloud.react(answering())
    cloud.site.add_comment(key, f"{cloud.mention()} the left one", by=customer)
    assert cloud.react(answering())[0].state == "awaiting input"
    assert cloud.decisions()[-1] == "ignored"


def test_an_answer_told_twice_is_heeded_once(here: World) -> None:
    """As by a sweep, or by a site that tells a comment in two events."""
    droid = here.worker_droid = Talker(QUESTION, Report("done"))
    key = here.issue()
    ask(here, key)
    here.react(answering())
    ask(here, key, "the left one")
    here.settle()
    answer = deliveries.latest(here.db, 1)[0]
    here.react(answering())
    for number in range(2):
        deliveries.keep(
            here.db,
            connection_id=here.connection.id,
            key=f"again {number}",
            headers="{}",
            body=answer.body,
            event=answer.event,
        )
    here.react(answering())
    assert here.decisions()[-2:] == ["duplicate", "duplicate"]
    assert len(droid.asked) == 2
    assert [run.route for run in here.runs()] == ["talking.answer", "command:answer"]


def test_a_thread_is_answered_within(cloud: World) -> None:
    cloud.worker_droid = Talker(Report("done"))
    key = cloud.issue()
    root = cloud.site.add_comment(key, "a thread begins", by=cloud.ada)
    ask(cloud, key, parent=root.id)
    cloud.react(answering())
    assert cloud.site.issues[key].comments[-1].parent == root.id


def test_waiting_goes_on_over_a_restart_and_days(stored: World) -> None:
    """With the real engine on both databases: nothing of the first worker is left when the answer comes."""
    stored.worker_droid = Talker(QUESTION)
    key = stored.issue()
    with stored.working(answering()):
        ask(stored, key)
        eventually(lambda: [bool(run.question_comment) for run in stored.runs()] == [True])
    stored.worker_droid = droid = Talker(Report("done"))
    with stored.working(answering()):
        ask(stored, key, "the left one")
        stored.done()
    assert stored.runs()[0].state == "complete"
    assert droid.asked[0]["turn"].answer == "the left one"
    assert len(stored.said(key)) == 2
    labelled = [item for entry in stored.site.issues[key].histories for item in entry.items if item.field == "labels"]
    assert len(labelled) == 1
