"""The budget that all processes share through the database."""

import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from app import open_jira
from app.connecting import budget as module
from app.connecting.budget import Budgets, SharedBudget
from app.events.event import User
from app.jira.errors import HeldBack
from app.settings import load
from app.storage import connections
from app.storage.database import Database
from app.storage.vault import Vault


@pytest.fixture
def queries(db: Database) -> list[str]:
    """The statements that the database is asked to run."""
    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *told: seen.append(told[2].split()[0]))
    return seen


def test_nothing_waits_until_somebody_was_refused(db: Database) -> None:
    assert SharedBudget(db, "acme").wait(["all", "issue:OPS-1"]) == 0


def test_a_pause_holds_back_its_scope_and_no_other(db: Database) -> None:
    budget = SharedBudget(db, "acme")
    budget.pause("issue:OPS-1", 30)
    assert 29 < budget.wait(["all", "issue:OPS-1"]) <= 30
    assert budget.wait(["all", "issue:OPS-2"]) == 0


def test_a_pause_is_over_once_its_time_has_come(db: Database) -> None:
    budget = SharedBudget(db, "acme")
    budget.pause("all", 0.01)
    threading.Event().wait(0.02)
    assert budget.wait(["all"]) == 0


def test_the_longest_pause_counts(db: Database) -> None:
    budget = SharedBudget(db, "acme")
    budget.pause("all", 30)
    budget.pause("all", 3)
    assert budget.wait(["all"]) > 20
    assert SharedBudget(db, "acme").wait(["all"]) > 20


def test_other_connections_do_not_wait(db: Database) -> None:
    budgets = Budgets(db)
    budgets.of("acme").pause("all", 30)
    assert budgets.of("other").wait(["all"]) == 0
    assert budgets.of("acme").wait(["all"]) > 20


def test_another_process_is_held_back_at_once(db: Database) -> None:
    SharedBudget(db, "acme").pause("POST /issue/*/comment", 60)
    code = (
        "import sys; from app.connecting.budget import SharedBudget; from app.storage.database import Database\n"
        "print(SharedBudget(Database(sys.argv[1]), 'acme').wait(['all', 'POST /issue/*/comment']) > 30)"
    )
    told = subprocess.run([sys.executable, "-c", code, db.url], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "True"


def test_a_budget_that_is_in_use_hears_of_it_too(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 0.05)
    busy = SharedBudget(db, "acme")
    assert busy.wait(["all"]) == 0
    SharedBudget(db, "acme").pause("all", 60)
    threading.Event().wait(0.06)
    assert busy.wait(["all"]) > 30


def test_asking_reads_no_more_than_once_within_a_second(
    db: Database, queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH", 3600.0)
    budget = SharedBudget(db, "acme")
    for _ in range(50):
        budget.wait(["all", "issue:OPS-1"])
    assert queries.count("SELECT") == 1


def test_a_pause_that_is_already_known_is_not_written_again(db: Database, queries: list[str]) -> None:
    budget = SharedBudget(db, "acme")
    budget.pause("all", 30)
    written = len(queries)
    budget.pause("all", 3)
    assert len(queries) == written


def test_what_this_process_is_about_to_write_survives_its_reading(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.pauses, "pause", lambda *told: None)
    monkeypatch.setattr(module, "FRESH", -1.0)
    budget = SharedBudget(db, "acme")
    budget.pause("all", 30)
    assert budget.wait(["all"]) > 20


def test_slowing_down_is_a_matter_of_this_process_alone(db: Database) -> None:
    budget = SharedBudget(db, "acme")
    budget.slow("GET /issue/*", 30)
    assert budget.wait(["all", "GET /issue/*"]) > 20
    assert SharedBudget(db, "acme").wait(["all", "GET /issue/*"]) == 0


def test_a_process_has_one_budget_per_connection(db: Database) -> None:
    budgets = Budgets(db)
    assert budgets.of("acme") is budgets.of("acme")
    assert budgets.of("acme") is not budgets.of("other")


def test_every_client_of_a_connection_keeps_to_its_budget(db: Database, vault: Vault) -> None:
    connection = connections.add(
        db,
        vault,
        name="acme",
        deployment="datacenter",
        base_url="http://127.0.0.1:1",
        site="127.0.0.1:1",
        auth="personal_access_token",
        credentials={"token": "pat"},
        account=User("JIRAUSER1", "Factory Droid"),
    )
    SharedBudget(db, connection.id).pause("all", 1800)
    with pytest.raises(HeldBack, match="so it was not sent"):
        open_jira(connection, vault, db, load({})).myself()
