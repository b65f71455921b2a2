"""Handler files, from folders to routes."""

import os
import sys
from pathlib import Path

import pytest

from app.routing import RouteError, load, load_file, place

HANDLER = '''from app.routing import Router

router = Router()


@router.on("comment_created")
def {name}(ctx):
    """Do it."""
'''


def write(path: Path, text: str = "", *, name: str = "react") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or HANDLER.format(name=name))
    return path


def test_files_are_loaded_by_folder_and_name_and_routes_in_the_order_of_the_file(tmp_path: Path) -> None:
    second = HANDLER.format(name="zebra") + '\n\n@router.on("comment_updated")\ndef ant(ctx): ...\n'
    write(tmp_path / "a" / "zoo.py", second)
    write(tmp_path / "a" / "mention.py")
    write(tmp_path / "b" / "first.py")
    routes = load([tmp_path / "b", tmp_path / "a", tmp_path / "b"])
    assert [route.id for route in routes] == ["first.react", "mention.react", "zoo.zebra", "zoo.ant"]
    assert place(routes[3]) == f"{tmp_path.resolve()}/a/zoo.py:11"


def test_what_is_no_handler_file_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "_draft.py", "raise SystemExit")
    write(tmp_path / ".hidden.py", "raise SystemExit")
    write(tmp_path / "prompts" / "long.py", "raise SystemExit")
    write(tmp_path / "notes.md", "# notes")
    (tmp_path / "folder.py").mkdir()
    assert load([tmp_path]) == []


def test_two_folders_may_hold_files_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path / "a" / "json.py", name="one")
    write(tmp_path / "b" / "json.py", name="two")
    routes = load([tmp_path / "a", tmp_path / "b"])
    assert [route.id for route in routes] == ["json.one", "json.two"]
    assert routes[0].handler.__module__ != routes[1].handler.__module__
    assert sys.modules["json"].__file__ != str(tmp_path / "a" / "json.py")


def test_a_file_may_look_itself_up_while_it_is_imported(tmp_path: Path) -> None:
    """Dataclasses with postponed annotations do."""
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Plan:\n    steps: list[str]\n"
    )
    path = write(tmp_path / "my-plans.v2.py", text + HANDLER.format(name="plan").replace("from __future__", "#"))
    assert [route.id for route in load_file(path)] == ["my-plans.v2.plan"]


def test_a_route_id_of_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    paths = [write(tmp_path / folder / "mention.py").resolve() for folder in ("a", "b")]
    with pytest.raises(RouteError) as caught:
        load([tmp_path / "a", tmp_path / "b"])
    assert caught.value.message == f"The route mention.react is defined twice: {paths[0]}:6 and {paths[1]}:6."


BROKEN = [
    pytest.param("def f(:\n", ":1: SyntaxError: ", id="syntax"),
    pytest.param("import json\n\nimport reqests\n", ":3: ModuleNotFoundError: No module named 'reqests'", id="import"),
    pytest.param("x = 1\nraise SystemExit('bye')\n", ":2: SystemExit: bye", id="exit"),
    pytest.param("def f():\n    return 1 / 0\n\nf()\n", ":2: ZeroDivisionError: division by zero", id="inside a call"),
    pytest.param(
        HANDLER.format(name="f").replace("_created", "_craeted"),
        ":6: Jira has no event comment_craeted. Did you mean comment_created?",
        id="typo in an event",
    ),
    pytest.param(
        HANDLER.format(name="f").replace('"comment_created"', '"comment_created", projct="OPS"'),
        ":6: There is no condition projct. Did you mean project?",
        id="typo in a condition",
    ),
    pytest.param(
        "x = 1\n", ":1: There is no router in this file. Write `router = Router()` at its top.", id="no router"
    ),
    pytest.param("router = 1\n", ":1: There is no router in this file.", id="something else called router"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN)
def test_a_broken_file_is_an_error_that_names_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path / "broken.py", text).resolve()
    with pytest.raises(RouteError) as caught:
        load([tmp_path])
    assert str(caught.value).startswith(f"{path}{words}")


def test_a_file_that_is_no_text_names_itself(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RouteError, match=r"binary\.py:1: SyntaxError: "):
        load([tmp_path])


def test_a_broken_file_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path / "broken.py", "raise ValueError")
    before = set(sys.modules)
    with pytest.raises(RouteError):
        load([tmp_path])
    assert set(sys.modules) == before


def test_a_file_is_read_as_it_is_now_however_quickly_it_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would take what it compiled before, where length and time in whole seconds are the same."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = write(tmp_path / "react.py", name="stale")
    before = file.stat()
    load_file(file)
    write(file, name="fresh")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [route.id for route in load_file(file)] == ["react.fresh"]
    assert list(tmp_path.iterdir()) == [file]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RouteError, match=r"There is no handler folder .*/nowhere\. Create it, or correct"):
        load([tmp_path / "nowhere"])


def test_a_file_that_is_no_python_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RouteError, match=r"react\.txt:1: Python cannot import this file"):
        load_file(write(tmp_path / "react.txt"))
