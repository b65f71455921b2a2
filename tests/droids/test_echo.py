from app.droids.brief import compose
from app.droids.echo import EchoDroid
from app.events.event import Issue


def test_it_quotes_the_instruction_and_names_the_issue(issue: Issue):
    prompt = compose("List three steps.\nBe brief.", issue=issue, description="secret plans", conversation=[])
    report = EchoDroid().run(prompt, about=issue, timeout=1)
    assert report.state == "complete"
    assert "> List three steps.\n> Be brief." in report.text
    assert "**OPS-7** “The printer is on fire” (Bug, In Progress)" in report.text
    assert "secret plans" not in report.text


def test_it_says_the_same_to_the_same(issue: Issue):
    assert EchoDroid().run("Go.", about=issue, timeout=1) == EchoDroid().run("Go.", about=issue, timeout=1)


def test_it_continues_a_session(issue: Issue):
    first = EchoDroid().run("Go.", about=issue, timeout=1)
    second = EchoDroid().run("Go on.", about=issue, session=first.session, timeout=1)
    assert first.session == second.session == "echo-OPS-7"
    assert "goes on our conversation echo-OPS-7" in second.text


def test_it_makes_do_with_a_bare_key():
    assert "about **A-1**." in EchoDroid().run("Go.", about=Issue(id="1", key="A-1"), timeout=1).text
