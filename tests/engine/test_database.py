from pathlib import Path

import pytest

from app.engine.database import EngineError, reach


def test_the_engines_database_is_named(database_url: str) -> None:
    where = reach(database_url)
    assert where.endswith("reactor.engine.sqlite3") or where == database_url


def test_one_that_cannot_be_opened_is_named_with_a_cure_and_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"nowhere/reactor\.engine\.sqlite3 cannot serve \(unable to open") as caught:
        reach(f"sqlite:///{tmp_path}/nowhere/reactor.sqlite3")
    assert "disk" in caught.value.cure
    with pytest.raises(EngineError, match="cannot serve") as caught:
        reach("postgresql+psycopg://reactor:hush-hush@127.0.0.1:1/reactor")
    assert "hush-hush" not in str(caught.value)
