"""What must not be reacted to although a route matched."""

from functools import partial

import pytest

from app.events.event import Event
from app.reacting import guards
from app.reacting.guards import Bounds
from app.storage import actions, deliveries, runs
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.runs import NewRun
from tests.reacting.conftest import World


def run(db: Database, connection: Connection, *, number: int, hop: int = 0, wrote: bool = True) -> None:
    """Store a run of issue 10 that wrote to it."""
    seq = deliveries.keep(db, connection_id=connection.id, key=f"k{number}", headers="{}", body=b"{}", event="e")
    assert seq
    made = NewRun(runs.run_id(seq, 0, "m.f"), seq, connection.id, "10", "OPS-1", "OPS", "m.f", None, hop)
    deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[made])])
    if wrote:
        actions.begin(db, marker=f"m{number}", run=made.id, connection_id=connection.id, issue="10", kind="comment")
        actions.end(db, f"m{number}", "1")


@pytest.mark.parametrize(
    ("after", "hops"),
    [
        pytest.param(5_000, 3, id="soon after"),
        pytest.param(0, 3, id="at once"),
        pytest.param(11_000, 0, id="later than an answer of a program"),
        pytest.param(-60_000, 0, id="before"),
    ],
)
def test_a_hop_is_what_follows_a_write_soon(stored: World, after: int, hops: int) -> None:
    run(stored.db, stored.connection, number=1, hop=2)
    written = actions.last_write(stored.db, stored.connection.id, "10")
    assert written
    event = Event("comment_created", timestamp=written + after)
    assert guards.hop(stored.db, event, stored.connection, "10") == hops


def test_nothing_written_is_no_hop(stored: World) -> None:
    run(stored.db, stored.connection, number=1, hop=2, wrote=False)
    assert guards.hop(stored.db, Event("comment_created", timestamp=now()), stored.connection, "10") == 0
    assert guards.hop(stored.db, Event("comment_created"), stored.connection, "11") == 0


def test_an_event_without_a_time_counts_as_happening_now(stored: World) -> None:
    run(stored.db, stored.connection, number=1, hop=0)
    assert guards.hop(stored.db, Event("comment_created"), stored.connection, "10") == 1


def test_issues_are_bounded_each_by_itself(stored: World) -> None:
    for number in range(3):
        run(stored.db, stored.connection, number=number)
    bounds = Bounds(runs_per_issue=3, hops=1)
    assert "3 runs within an hour" in guards.out_of_bounds(stored.db, stored.connection, "10", 0, bounds)
    assert guards.out_of_bounds(stored.db, stored.connection, "11", 0, bounds) == ""
    assert "2 runs in a row" in guards.out_of_bounds(stored.db, stored.connection, "11", 2, bounds)


def test_an_event_that_names_no_site_is_taken_for_the_connections(cloud: World) -> None:
    assert guards.wrong_site(Event("sprint_started"), cloud.connection) == ""


def test_a_site_that_spells_its_own_address_in_capitals_is_still_itself(cloud: World) -> None:
    """Admins type base URLs; Jira's links then carry them as typed."""
    from app.connecting.connect import make_connection

    cloud.site.base_url = cloud.running.url.replace("127.0.0.1", "LocalHost")
    connection = make_connection(
        cloud.db,
        cloud.vault,
        cloud.open_jira(cloud.connection),
        name="capitals",
        deployment="cloud",
        base_url=cloud.running.url,
        auth="api_token",
        credentials={"email": cloud.droid.email, "token": cloud.droid.token},
    )
    from app.events.parse import parse

    cloud.issue()
    assert guards.wrong_site(parse(cloud.bodies()[-1]), connection) == ""
