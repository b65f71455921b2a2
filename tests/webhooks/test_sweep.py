"""What Jira did not push is found in its issues' histories: once, whole, and nothing of what did arrive."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.events.parse import parse
from app.storage import projects
from app.storage.database import Database, now
from app.storage.vault import Vault
from app.webhooks.sweep import LOOK_BACK, time_in
from tests.webhooks.listening import Ear, listening

HOUR = 60 * 60 * 1000


@pytest.fixture(params=["admin", "dynamic", "dc10"])
def ear(request: pytest.FixtureRequest, plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Ear]:
    """One of the three kinds; every test that asks for it runs on each."""
    with listening(request.param, plain, vault, tmp_path) as made:
        yield made


@pytest.fixture
def one(plain: Database, vault: Vault, tmp_path: Path) -> Iterator[Ear]:
    """One kind alone, for what does not depend on it."""
    with listening("admin", plain, vault, tmp_path) as made:
        yield made


class Office:
    """People at work in a site; remembers every happening that must be reacted to, by issue and route."""

    def __init__(self, ear: Ear, seed: int) -> None:
        self.ear, self.random = ear, random.Random(seed)
        self.site, self.ada = ear.place.site, ear.place.ada
        self.happened: Counter[tuple[str, str]] = Counter()
        self.issues: list[tuple[str, str]] = []
        self.unedited: list[tuple[str, str, int]] = []

    def work(self, times: int) -> None:
        for number in range(times):
            # Jira tells moments in milliseconds; nobody edits a comment within the one it was made in.
            time.sleep(0.002)
            self.random.choice([self.create, self.label, self.move, self.comment, self.comment, self.edit])(number)

    def create(self, number: int) -> None:
        issue = self.site.create_issue("OPS", f"Issue {number}", by=self.ada)
        self.issues.append((issue.key, str(issue.id)))
        self.happened[str(issue.id), "created"] += 1

    def label(self, number: int) -> None:
        key, issue = self._any()
        self.site.set_labels(key, f"label-{number}", by=self.ada)
        self.happened[issue, "labelled"] += 1

    def move(self, number: int) -> None:
        key, issue = self._any()
        present = self.site.issues[key].status.name
        others = [status for status in ("To Do", "In Progress", "Done") if status != present]
        self.site.move(key, self.random.choice(others), by=self.ada)
        self.happened[issue, "moved"] += 1

    def comment(self, number: int) -> None:
        key, issue = self._any()
        comment = self.site.add_comment(key, f"Comment {number}", by=self.ada)
        self.unedited.append((key, issue, comment.id))
        self.happened[issue, "commented"] += 1

    def edit(self, number: int) -> None:
        if not self.unedited:
            return self.comment(number)
        # Of several edits only the last is to be found in Jira, so each comment is edited once.
        key, issue, comment = self.unedited.pop(self.random.randrange(len(self.unedited)))
        self.site.edit_comment(key, comment, f"Edited {number}", by=self.ada)
        self.happened[issue, "edited"] += 1
        return None

    def _any(self) -> tuple[str, str]:
        if not self.issues:
            self.create(0)
        return self.random.choice(self.issues)


@pytest.mark.parametrize("ear", ["admin", "dc10"], indirect=True)
def test_of_200_happenings_every_one_is_reacted_to_exactly_once(ear: Ear) -> None:
    """With a third of the deliveries lost, and the rest sent twice and out of order."""
    seed = 20
    trouble, dice = ear.place.running.trouble, random.Random(seed)
    trouble.duplicates, trouble.disorder = 1, 0.2
    ear.lose(lambda event, key: dice.random() < 0.35)
    office = Office(ear, seed)
    office.work(200)
    ear.settle()
    lost = sum(delivery.state == "lost" for delivery in ear.place.running.sender.deliveries)
    assert lost > 40
    first = ear.made("OPS")["OPS"]
    assert 0 < first <= lost
    assert ear.reactions() == office.happened
    assert sum(office.happened.values()) >= 200
    assert ear.made("OPS") == {"OPS": 0}
    assert ear.reactions() == office.happened


def test_what_arrives_after_the_sweep_found_it_is_a_duplicate(ear: Ear) -> None:
    ear.lose()
    office = Office(ear, 1)
    office.create(0)
    office.comment(1)
    lost = list(ear.place.running.sender.deliveries)
    assert ear.made() == {"OPS": 2}
    ear.lose(lambda event, key: False)
    for delivery in lost:
        delivery.state = "pending"
        ear.place.running.sender.send(delivery)
    assert ear.reactions() == office.happened
    again = [d for d in ear.kept() if not d.key.startswith("fact:") and d.decision != "duplicate"]
    # Data Center tells a comment a first time without its issue, and nothing can react to that.
    assert all(d.decision == "refused" and d.event == "comment_created" for d in again)


def test_what_is_found_reads_as_jira_would_have_pushed_it(ear: Ear) -> None:
    """The same happenings once pushed and once found are the same events but for what changed since."""
    site, ada = ear.place.site, ear.place.ada

    def happen() -> None:
        key = site.create_issue("OPS", "Printer is on fire", by=ada, labels=("hot",), description="It *burns*.").key
        time.sleep(0.01)
        site.move(key, "In Progress", by=ada)
        time.sleep(0.01)
        comment = site.add_comment(key, f"Hello {site.face.mention(ear.place.droid)}", by=ada)
        time.sleep(0.01)
        site.edit_comment(key, comment.id, "Edited", by=ada)

    happen()
    ear.settle()
    ear.lose()
    happen()
    assert ear.made() == {"OPS": 4}
    events = [parse(json.loads(delivery.body)) for delivery in ear.kept()]
    pushed = [event for event in events[:-4] if event.issue and event.issue.key]
    found = events[-4:]
    for told, made in zip(pushed, found, strict=True):
        assert (made.name, made.also, made.site, made.project) == (told.name, told.also, told.site, told.project)
        assert (made.actor, [c.field for c in made.changes]) == (
            told.actor,
            [c.field for c in told.changes if made.changes],
        )
        assert made.issue
        assert told.issue
        assert set(made.issue.fields) >= set(told.issue.fields) - {"comment"}
        assert (made.issue.summary, made.issue.reporter) == (told.issue.summary, told.issue.reporter)
        assert made.timestamp
        assert abs(made.timestamp - now()) < HOUR
    status = found[1].changes[0]
    assert (status.field, status.from_, status.to) == ("status", "To Do", "In Progress")
    assert found[2].comment
    assert found[2].comment.author == pushed[2].comment.author  # type: ignore[union-attr]
    assert found[3].comment
    assert found[3].comment.updated != found[3].comment.created


def test_a_mention_that_got_lost_is_still_a_mention(ear: Ear) -> None:
    ear.lose()
    key = ear.place.site.create_issue("OPS", "Printer", by=ear.place.ada).key
    ear.place.site.add_comment(key, f"{ear.place.site.face.mention(ear.place.droid)} help", by=ear.place.ada)
    ear.made()
    told = parse(json.loads(ear.kept()[-1].body))
    droid = ear.place.droid
    assert told.mentions == (droid.id if ear.place.site.face.name == "cloud" else droid.username,)


def test_a_loss_is_found_though_the_clocks_of_jira_and_ours_differ(one: Ear) -> None:
    """Jira is asked relative to its own present, so neither a fast nor a slow clock of ours opens a gap."""
    one.lose()
    office = Office(one, 3)
    office.create(0)
    for hours in (5, -5):
        one.place.running.atlassian.clock.skew = timedelta(hours=hours)
        assert abs(time_in(one.place.own) - now() - hours * HOUR) < 60_000
    one.place.running.atlassian.clock.skew = timedelta()
    assert one.made() == {"OPS": 1}


def test_each_sweep_goes_on_where_the_last_ended_and_looks_a_little_further_back(one: Ear) -> None:
    """Jira's index lags behind its issues, so what was there a moment ago may only be found later."""
    db, connection = one.place.db, one.place.connection.id
    assert one.made() == {"OPS": 0}
    policy = projects.policy(db, connection, "OPS")
    assert policy
    assert policy.swept_at
    assert abs(policy.swept_at - now()) < 60_000
    one.lose()
    Office(one, 4).create(0)
    # As if that sweep had ended later than what happened, but by less than the look-back.
    projects.set_swept(db, connection, "OPS", now() + LOOK_BACK - 60_000)
    with db.writing() as tx:
        from app.storage import tables

        tx.execute(tables.projects.update().values(authorized_at=now() - HOUR))
    assert one.made() == {"OPS": 1}


def test_what_happened_before_a_project_was_authorized_is_not_found_unless_asked_for(one: Ear) -> None:
    one.lose()
    Office(one, 5).create(0)
    [issue] = one.place.site.issues.values()
    issue.created -= timedelta(minutes=10)
    assert one.made() == {"OPS": 0}
    assert one.made("OPS", back=HOUR) == {"OPS": 1}


def test_a_look_back_that_leaves_a_gap_does_not_count_as_having_swept(one: Ear) -> None:
    db, connection = one.place.db, one.place.connection.id
    projects.set_swept(db, connection, "OPS", now() - HOUR)
    one.made("OPS", back=60_000)
    policy = projects.policy(db, connection, "OPS")
    assert policy
    assert policy.swept_at
    assert policy.swept_at < now() - HOUR + 60_000


def test_what_may_still_be_on_its_way_is_left_for_the_next_sweep(one: Ear) -> None:
    one.lose()
    Office(one, 6).create(0)
    assert [swept.made for swept in one.sweep(settle=60_000)] == [0]
    assert one.made() == {"OPS": 1}


def test_only_projects_that_are_authorized_and_want_it_are_swept(one: Ear) -> None:
    db, connection = one.place.db, one.place.connection.id
    projects.authorize(db, connection, "WEB")
    projects.set_sweep(db, connection, "WEB", False)
    one.lose()
    for key in ("OPS", "WEB", "SECRET"):
        one.place.site.create_issue(key, "Printer", by=one.place.ada)
    assert one.made() == {"OPS": 1}
    assert one.made("SECRET") == {}
    assert one.made("WEB", back=HOUR) == {"WEB": 1}


def test_the_droids_own_doings_are_not_found(ear: Ear) -> None:
    ear.lose()
    droid, site = ear.place.droid, ear.place.site
    key = site.create_issue("OPS", "Printer", by=droid).key
    site.add_comment(key, "Hello", by=droid)
    site.move(key, "In Progress", by=droid)
    assert ear.made() == {"OPS": 0}


def test_a_project_out_of_sight_does_not_keep_the_others_from_being_swept(one: Ear) -> None:
    projects.authorize(one.place.db, one.place.connection.id, "WEB")
    one.lose()
    one.place.site.create_issue("WEB", "Printer", by=one.place.ada)
    one.place.running.trouble.answer(400, times=1, path="/search")
    broken, swept = one.sweep()
    assert (broken.project, broken.made, swept.project, swept.made) == ("OPS", 0, "WEB", 1)
    assert "400" in broken.trouble
    policy = projects.policy(one.place.db, one.place.connection.id, "OPS")
    assert policy
    assert policy.swept_at is None


def test_an_issue_that_jira_cannot_tell_of_keeps_no_other_back_and_is_tried_again(one: Ear) -> None:
    one.lose()
    for number in (7, 8):
        Office(one, number).create(0)
    one.place.running.trouble.answer(403, times=1, path="/changelog")
    [swept] = one.sweep()
    assert swept.made == 1
    assert swept.trouble.startswith("OPS-2: Jira answered 403")
    assert one.made() == {"OPS": 1}


def test_an_issue_deleted_while_sweeping_is_passed_over(one: Ear) -> None:
    one.lose()
    Office(one, 7).create(0)
    Office(one, 8).create(0)
    one.place.running.trouble.answer(404, times=1, path="/changelog")
    assert one.made() == {"OPS": 1}


def test_more_issues_than_a_page_holds_are_all_found(one: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.jira import cloud
    from app.webhooks import sweep as sweeping

    for module in (cloud, sweeping):
        monkeypatch.setattr(module, "PAGE", 3)
    one.lose()
    office = Office(one, 9)
    for number in range(8):
        office.create(number)
    assert one.made() == {"OPS": 8}
    assert one.reactions() == office.happened


def test_a_body_nobody_can_read_is_in_nobodys_way(one: Ear) -> None:
    from app.storage import deliveries

    for number, body in enumerate((b"[" * 100_000, b"[]", b"\xff")):
        deliveries.keep(
            one.place.db, connection_id=one.place.connection.id, key=str(number), headers="{}", body=body, event=""
        )
    one.lose()
    Office(one, 10).create(0)
    assert one.made() == {"OPS": 1}
