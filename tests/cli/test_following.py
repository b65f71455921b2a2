"""`jira-reactor projects`: the webhook follows what is authorized, in the same breath."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.storage import deliveries, projects, runs
from app.storage.database import now
from app.storage.runs import NewRun
from tests.cli.prompt import Prompt, prompt


@pytest.fixture(params=["dynamic", "admin", "dc10"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prompt]:
    """One of the three kinds; every test that asks for it runs on each."""
    with prompt(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def oauth(tmp_path: Path) -> Iterator[Prompt]:
    with prompt("dynamic", tmp_path) as made:
        yield made


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Prompt]:
    with prompt("admin", tmp_path) as made:
        yield made


def too_much(key: str) -> str:
    """What the permission audit says of the simulator's accounts, which may delete issues."""
    return f"{key}: may too much; has Delete Issues without need. See `jira-reactor permissions {key}`.\n"


def filters(desk: Prompt) -> list[str]:
    return [webhook.filter for webhook in desk.place.theirs]


def test_authorizing_registers_and_widens_and_revoking_narrows_and_removes(desk: Prompt) -> None:
    """An app does so by itself, and otherwise an administrator's token is lent for it."""
    lent = () if desk.place.kind == "dynamic" else desk.lent
    told = desk.ok("projects", "authorize", "OPS", *lent)
    assert told.startswith(f"OPS (Project OPS) was authorized already.\n{too_much('OPS')}There is no webhook")
    assert "Registered webhook" in told
    unfiltered = desk.place.kind == "dc10"
    assert filters(desk) == ["" if unfiltered else 'project IN ("OPS")']
    told = desk.ok("projects", "authorize", "WEB", "SECRET", *lent)
    assert told.startswith("WEB (Project WEB) is authorized now.\nSECRET (Project SECRET) is authorized now.\n")
    assert filters(desk) == ["" if unfiltered else 'project IN ("OPS", "SECRET", "WEB")']
    desk.ok("projects", "revoke", "SECRET", *lent)
    assert filters(desk) == ["" if unfiltered else 'project IN ("OPS", "WEB")']
    desk.ok("projects", "revoke", "WEB", *lent)
    assert "Removed it." in desk.ok("projects", "revoke", "OPS", *lent)
    assert (filters(desk), desk.place.ours) == ([], [])


def test_an_oauth_connection_needs_no_administrator_and_does_not_ask_one(oauth: Prompt) -> None:
    oauth.ok("projects", "authorize", "WEB", *oauth.lent)
    assert filters(oauth) == ['project IN ("OPS", "WEB")']


def test_without_an_administrator_the_next_command_or_the_values_to_paste_are_printed(cloud: Prompt) -> None:
    assert cloud.ok("projects", "authorize", "WEB") == (
        f"WEB (Project WEB) is authorized now.\n{too_much('WEB')}Next: jira-reactor webhooks register\n"
    )
    cloud.ok("webhooks", "register", "--by-hand")
    told = cloud.ok("projects", "authorize", "SECRET")
    assert f"set its URL to {cloud.place.url} " in told
    assert 'its JQL to project IN ("OPS", "SECRET", "WEB")' in told
    assert cloud.place.secrets()[0] not in told
    # What was told is taken for done, because nobody may look.
    assert cloud.ok("projects", "authorize", "OPS") == (f"OPS (Project OPS) was authorized already.\n{too_much('OPS')}")
    assert 'its JQL to project IN ("OPS", "WEB")' in cloud.ok("projects", "revoke", "SECRET")


def test_the_first_authorization_does_not_fail_for_want_of_a_public_url(cloud: Prompt) -> None:
    result = cloud.run("projects", "authorize", "WEB", PUBLIC_URL="")
    assert result.exit_code == 0
    assert "No webhook follows yet: JIRA_REACTOR_PUBLIC_URL is not set" in result.stdout


def test_one_wrong_key_authorizes_none(cloud: Prompt) -> None:
    assert "No project could be found with key 'web'" in cloud.refused("projects", "authorize", "WEB", "web")
    assert projects.authorized(cloud.place.db, cloud.place.connection.id) == {"OPS"}


def test_revoking_stops_the_projects_runs_and_no_others(cloud: Prompt) -> None:
    db, connection = cloud.place.db, cloud.place.connection.id
    seq = deliveries.keep(db, connection_id=connection, key="k", headers="{}", body=b"{}", event="e")
    assert seq
    mine, other = (
        NewRun(runs.run_id(seq, number, "m.f"), seq, connection, "1", f"{key}-1", key, "m.f", None, 0)
        for number, key in enumerate(("OPS", "WEB"))
    )
    deliveries.decide(db, seq, "handled", "", [partial(runs.insert, runs=[mine, other])])
    told = cloud.ok("projects", "revoke", "OPS")
    assert told == "OPS is not authorized any more.\nStopped 1 run; what they were doing is not written any more.\n"
    assert [run.state for run in runs.latest(db, 2)] == ["pending", "stopped"]
    stopped = runs.get(db, mine.id)
    assert stopped
    assert stopped.reason == "Project OPS was revoked."


def test_a_project_can_be_taken_out_of_the_sweep_and_back_in_from_now_on(cloud: Prompt) -> None:
    db, connection = cloud.place.db, cloud.place.connection.id
    assert cloud.ok("projects", "policy", "OPS", "--no-sweep") == "OPS is not swept any more.\n"
    assert cloud.ok("projects", "list") == "OPS  (not swept)\n"
    projects.set_swept(db, connection, "OPS", 1)
    assert cloud.ok("projects", "policy", "OPS", "--sweep") == "OPS is swept.\n"
    assert cloud.ok("projects", "list") == "OPS\n"
    policy = projects.policy(db, connection, "OPS")
    assert policy
    assert policy.swept_at
    assert abs(policy.swept_at - now()) < 60_000
    assert cloud.ok("projects", "policy", "OPS", "--sweep") == "OPS is swept.\n"
    assert "WEB is not authorized on ours." in cloud.refused("projects", "policy", "WEB", "--no-sweep")
    assert json.loads(cloud.ok("projects", "list", "--json")) == [{"key": "OPS", "sweep": True, "turned_on": []}]
