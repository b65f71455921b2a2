"""handlers/mention.py: who mentions the droid gets an answer, or a plan."""

import pytest

from app.droids.base import Report
from app.testing import DROID, Rehearse, comment_created
from tests.handlers.shipped import shipped
from tests.reacting.conftest import World

MENTION = "handlers/mention.py"


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_a_mention_is_answered_to_whoever_mentioned(rehearse: Rehearse, deployment: str) -> None:
    said = rehearse(MENTION, comment_created("@Factory Droid why?", deployment=deployment), droid="It is late.")
    ada = "[~accountid:557058:ada]" if deployment == "cloud" else "[~ada]"
    assert said.comments == [f"{ada} It is late."]
    assert said.prompts[0].startswith("Answer the newest comment")
    assert said.transitions == []


def test_plan_asks_for_a_plan(rehearse: Rehearse) -> None:
    said = rehearse(MENTION, comment_created("@Factory Droid plan, please"), droid="1. read")
    assert said.comments == ["[~accountid:557058:ada] 1. read"]
    assert said.prompts[0].startswith("Write a plan")


def test_a_comment_without_a_mention_is_left_alone(rehearse: Rehearse) -> None:
    said = rehearse(MENTION, comment_created("Who wrote this?"))
    assert (said.comments, said.prompts, said.decision) == ([], [], "unmatched")
    assert said.reason.endswith("needs a mention of the droid.")
    assert rehearse(MENTION, comment_created("@Factory Droid hm", by=DROID)).decision == "ignored"


def test_a_question_of_the_droid_ends_the_turn_without_an_answer(rehearse: Rehearse) -> None:
    asking = Report("", "awaiting input", question="Which button?")
    said = rehearse(MENTION, comment_created("@Factory Droid fix it"), droid=asking)
    assert (said.comments, said.question) == ([], "Which button?")


def test_whoever_mentions_the_droid_is_answered_in_jira(here: World) -> None:
    key = here.issue()
    here.site.add_comment(key, f"{here.mention()} what would you look at first?", by=here.ada)
    here.site.add_comment(key, f"{here.mention()} plan", by=here.ada)
    runs = here.react(shipped())
    assert [(run.route, run.state) for run in runs] == [("mention.answer", "complete")] * 2
    answer, plan = here.said(key)
    assert "> Answer the newest comment" in answer
    assert "> Write a plan" in plan
    assert str(here.site.face.mention(here.ada)) in answer
