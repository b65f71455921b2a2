"""What people see of the simulator, and the record of deliveries."""

from tests.simulator.conftest import World
from tests.simulator.receiver import Receiver


def test_shows_an_issue_to_a_person(either: World) -> None:
    site = either.jira.site
    key = site.create_issue("OPS", "Fix <b>it</b>", by=either.admin, description="The description").key
    site.add_comment(key, "Looks good to me", by=either.worker)
    hidden = {"sd.public.comment": {"internal": True}}
    site.add_comment(key, "Between us", by=either.worker, properties=hidden)
    site.link(key, "run-1", {"object": {"url": "https://example.com/run", "title": "The run"}})
    site.move(key, "In Progress", by=either.admin)
    page = either.ask("GET", f"/browse/{key}", by="").text
    for words in ("Operations", "The description", "Looks good to me", "Will Worker", "internal", "The run"):
        assert words in page
    assert "To Do &rarr; In Progress" in page
    assert "Fix &lt;b&gt;it&lt;/b&gt;" in page


def test_does_not_show_what_is_not_there(either: World) -> None:
    assert either.ask("GET", "/browse/OPS-9", by="").status_code == 404


def test_shows_an_issue_nothing_has_happened_to(either: World) -> None:
    key = either.jira.site.create_issue("OPS", "New", by=either.admin).key
    page = either.ask("GET", f"/browse/{key}", by="").text
    assert "None yet." in page
    assert "Nothing has changed." in page


def test_lists_deliveries_with_their_attempts(cloud: World, receiver: Receiver) -> None:
    receiver.statuses = [503]
    cloud.listen(receiver, "jira:issue_created")
    cloud.jira.site.create_issue("OPS", "x", by=cloud.admin)
    assert cloud.jira.sender.wait_idle(5)
    (shown,) = cloud.ask("GET", "/_simulator/deliveries", by="").json()
    assert (shown["event"], shown["issue"], shown["state"]) == ("jira:issue_created", "OPS-1", "delivered")
    assert [attempt["status"] for attempt in shown["attempts"]] == [503, 202]
    assert shown["identifier"] == receiver.received[0].headers["X-Atlassian-Webhook-Identifier"]
