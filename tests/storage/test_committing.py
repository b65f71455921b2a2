import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.storage.committing import Committer

INSERT = "INSERT INTO told (word) VALUES (:word) RETURNING word"


class Disk:
    """A database whose writer can be held up, and which counts how often somebody wrote."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE told (word TEXT UNIQUE NOT NULL)")
        self.free = threading.Event()
        self.free.set()
        self.writing = threading.Event()
        self.commits = 0

    @contextmanager
    def writer(self) -> Iterator[sqlite3.Connection]:
        self.writing.set()
        assert self.free.wait(10)
        yield self.connection
        self.commits += 1

    def told(self) -> list[str]:
        return sorted(word for (word,) in self.connection.execute("SELECT word FROM told"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "words.sqlite3")
    yield disk
    disk.connection.close()


class Crowd:
    """People who write while the first of them is held up, so that all others form one group."""

    def __init__(self, disk: Disk, committer: Committer) -> None:
        self._disk = disk
        self._committer = committer
        self.answers: dict[str, object] = {}

    def write(self, first: str, *others: tuple[str, str | None]) -> None:
        self._disk.free.clear()
        self._disk.writing.clear()
        threads = [self._start(first, first)]
        assert self._disk.writing.wait(10)
        for name, word in others:
            threads.append(self._start(name, word))
        while len(self._committer._gathering) < len(others):
            threading.Event().wait(0.005)
        self._disk.free.set()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()

    def _start(self, name: str, word: str | None) -> threading.Thread:
        def put() -> None:
            try:
                self.answers[name] = self._committer.put(INSERT, {"word": word})
            except sqlite3.Error as error:
                self.answers[name] = type(error)

        thread = threading.Thread(target=put)
        thread.start()
        return thread


def test_one_alone_gets_its_rows(disk: Disk) -> None:
    committer = Committer(disk.writer)
    assert committer.put(INSERT, {"word": "a"}) == [("a",)]
    assert committer.put(INSERT, {"word": "b"}) == [("b",)]
    assert (disk.told(), disk.commits) == (["a", "b"], 2)


def test_those_who_come_while_another_writes_share_one_commit(disk: Disk) -> None:
    committer = Committer(disk.writer)
    crowd = Crowd(disk, committer)
    crowd.write("a", ("b", "b"), ("c", "c"), ("d", "d"))
    assert crowd.answers == {name: [(name,)] for name in "abcd"}
    assert (disk.told(), disk.commits) == (["a", "b", "c", "d"], 2)
    assert not disk.connection.in_transaction


def test_a_statement_that_fails_fails_for_its_owner_alone(disk: Disk) -> None:
    crowd = Crowd(disk, Committer(disk.writer))
    crowd.write("a", ("b", "b"), ("nothing", None), ("again", "a"), ("c", "c"))
    failed = {"nothing": sqlite3.IntegrityError, "again": sqlite3.IntegrityError}
    assert crowd.answers == {name: [(name,)] for name in "abc"} | failed
    assert disk.told() == ["a", "b", "c"]


def test_a_commit_that_fails_fails_for_all_of_its_group_and_for_nobody_after_it(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = Committer(disk.writer)
    crowd = Crowd(disk, committer)

    @contextmanager
    def full() -> Iterator[sqlite3.Connection]:
        with disk.writer() as connection:
            yield connection
            if disk.commits:
                raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(committer, "_writer", full)
    crowd.write("a", ("b", "b"), ("c", "c"))
    assert crowd.answers == {"a": [("a",)], "b": sqlite3.OperationalError, "c": sqlite3.OperationalError}
    monkeypatch.undo()
    assert committer.put(INSERT, {"word": "d"}) == [("d",)]


def test_where_the_whole_transaction_went_no_owner_is_told_that_it_stands(disk: Disk) -> None:
    """A trigger rolls everything back in the middle of the group, as a full disk may."""
    disk.connection.execute(
        "CREATE TRIGGER gone BEFORE INSERT ON told WHEN NEW.word = 'x' BEGIN SELECT RAISE(ROLLBACK, 'gone'); END"
    )
    committer = Committer(disk.writer)
    crowd = Crowd(disk, committer)
    crowd.write("a", ("b", "b"), ("x", "x"), ("c", "c"))
    assert crowd.answers == {"a": [("a",)]} | dict.fromkeys("bxc", sqlite3.IntegrityError)
    assert disk.told() == ["a"]
    assert committer.put(INSERT, {"word": "b"}) == [("b",)]


def test_many_at_once_are_all_written_in_fewer_commits(disk: Disk) -> None:
    committer = Committer(disk.writer)
    words = [f"{number:03}" for number in range(200)]
    answers: list[object] = []

    def put(some: list[str]) -> None:
        answers.extend(committer.put(INSERT, {"word": word}) for word in some)

    threads = [threading.Thread(target=put, args=(words[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == [[(word,)] for word in words]
    assert disk.told() == words
    assert disk.commits < len(words)
