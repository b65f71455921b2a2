"""The rules of the house, held against every file: who may import what, how long things are, what is never said."""

import ast
import configparser
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))

FLOORS = {
    "errors": 0,  # the ground: the root of all errors, which settings raise too
    **dict.fromkeys(("settings", "logs"), 1),
    **dict.fromkeys(("events", "markup"), 2),
    "routing": 3,
    **dict.fromkeys(("storage", "jira", "droids", "engine"), 4),
    **dict.fromkeys(("receiving", "reacting", "webhooks", "connecting"), 5),
    "handler": 6,
    **dict.fromkeys(("web", "simulator"), 7),
    **dict.fromkeys(("cli", "testing"), 8),
}
#: The roof is app/__init__.py; it alone sees every room, and only the top floor may call it.
ROOF = "app"
TOP = 8

#: Libraries that only some rooms, or modules, may know.
CONFINED = {
    "dbos": ("engine",),
    "sqlalchemy": ("storage", "engine"),
    "alembic": ("storage",),
    "psycopg": ("storage",),
    "gevent": ("storage",),
    "requests": ("jira", "connecting", "droids/http"),
    "urllib3": ("jira", "simulator", "droids/http"),
    "standardwebhooks": ("droids/http",),
    "flask": ("web", "simulator", "cli", ROOF),
    "werkzeug": ("web", "simulator", "cli", ROOF),
    "cryptography": ("storage",),
    "click": ("cli",),
    "droid_sdk": ("droids/factory",),
    "jmespath": ("droids",),
}

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 10
#: Drawers that end up holding anything.
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "services", "service", "manager", "managers", "misc"}

#: Migrations write history straight down and are never touched again.
WRITTEN = [path for path in MODULES if "versions" not in path.parts]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def room(path: Path) -> str:
    """Name the room a module stands in; app/__init__.py is the roof."""
    parts = path.relative_to(APP).with_suffix("").parts
    return ROOF if parts == ("__init__",) else parts[0]


def imported(path: Path) -> Iterator[str]:
    """Name every module a file imports, inside functions too, as absolute dotted names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(path)}:{node.lineno} imports relatively"
            assert node.module
            if node.module == "app":
                yield from (f"app.{alias.name}" for alias in node.names)
            else:
                yield node.module


def rooms_imported(path: Path) -> set[str]:
    ours = (module.split(".") for module in imported(path) if module.split(".")[0] == "app")
    return {parts[1] if len(parts) > 1 and parts[1] in FLOORS else ROOF for parts in ours}


def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Count a function's lines from `def` to its end, without its docstring."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def committed() -> list[Path]:
    """List the files git tracks, or, where this is no clone, all that stand here."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    hidden = {".venv", ".hypothesis", "__pycache__"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.parts)]


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} <= {ROOF, *FLOORS}


def test_imports_go_downward_and_never_sideways() -> None:
    assert not [
        f"{name_of(path)} imports {there}"
        for path in MODULES
        if (here := room(path)) != ROOF
        for there in rooms_imported(path) - {here, ROOF}
        if FLOORS[there] >= FLOORS[here]
    ]


def test_only_the_top_floor_calls_the_roof() -> None:
    assert not [name_of(path) for path in MODULES if ROOF in rooms_imported(path) and FLOORS.get(room(path), TOP) < TOP]


def test_roof_imports_inside_functions_only() -> None:
    """So that importing one room never costs another."""
    outside = [
        node
        for node in tree(APP / "__init__.py").body
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") not in ("__future__", "typing")
    ]
    assert not outside


def test_libraries_stay_in_their_rooms() -> None:
    assert not [
        f"{name_of(path)} imports {library}"
        for path in MODULES
        for library in {module.split(".")[0] for module in imported(path)} & CONFINED.keys()
        if not at_home(path, CONFINED[library])
    ]


def at_home(path: Path, homes: tuple[str, ...]) -> bool:
    place = path.relative_to(APP).with_suffix("").as_posix()
    return room(path) in homes or any(place == home or place.startswith(f"{home}/") for home in homes)


@pytest.mark.parametrize(
    "code",
    [
        "import app.routing",
        "import app.settings, app.events, app.markup, app.routing",
        "import app.handler",
    ],
    ids=["routing", "floors 1 to 3", "handler"],
)
def test_importing_the_lower_floors_loads_no_heavy_library(code: str) -> None:
    heavy = "{'flask', 'requests', 'sqlalchemy', 'dbos'}"
    seen = f"import sys; {code}; print(sorted({heavy} & sys.modules.keys()))"
    printed = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_who_has_no_factory_droid_does_not_pay_for_its_library() -> None:
    code = "import sys, app.droids.making; from app.cli import main; print('droid_sdk' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "False"


def test_shipped_handlers_import_only_the_one_door() -> None:
    files = sorted((ROOT / "handlers").glob("*.py"))
    theirs = {
        module for path in files for module in imported(path) if module.split(".")[0] not in sys.stdlib_module_names
    }
    assert files
    # And marshmallow, with which one reads what a droid was asked to answer.
    assert theirs <= {"app.handler", "marshmallow"}


def test_every_library_imported_is_declared() -> None:
    declared = requirements("options", "install_requires") + requirements("options.extras_require", "factory")
    known = {canonicalize_name(requirement.name) for requirement in declared}
    providers = metadata.packages_distributions()
    top = {module.split(".")[0] for path in MODULES for module in imported(path)}
    foreign = top - sys.stdlib_module_names - {"app", "wsgi"}
    undeclared = {name for name in foreign if not known & {canonicalize_name(p) for p in providers.get(name, [])}}
    # Flask is written on werkzeug and re-exports only a part of it. What pytest loads needs no other reason for it.
    assert undeclared <= {"werkzeug", "pytest"}


@pytest.mark.parametrize(
    ("section", "option"),
    [("options", "install_requires"), ("options.extras_require", "factory"), ("options.extras_require", "dev")],
    ids=["install_requires", "factory", "dev"],
)
def test_every_declared_library_has_a_lower_bound_that_is_met(section: str, option: str) -> None:
    for requirement in requirements(section, option):
        assert any(bound.operator == ">=" for bound in requirement.specifier), requirement
        assert requirement.specifier.contains(metadata.version(requirement.name), prereleases=True), requirement


def requirements(section: str, option: str) -> list[Requirement]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    lines = parser[section][option].splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def test_no_module_is_a_drawer() -> None:
    assert not {name_of(path) for path in APP.rglob("*") if path.stem in DRAWERS}


def test_modules_fit_in_a_head() -> None:
    assert not [name_of(path) for path in MODULES if len(path.read_text().splitlines()) > LONGEST_MODULE]


def test_functions_fit_on_a_screen() -> None:
    assert not [
        f"{name_of(path)}: {f.name}" for path in WRITTEN for f in functions(path) if length(f) > LONGEST_FUNCTION
    ]


def test_half_of_all_functions_are_short() -> None:
    assert statistics.median(length(function) for path in WRITTEN for function in functions(path)) < MEDIAN_FUNCTION


def test_modules_and_whatever_they_offer_say_what_they_are_for() -> None:
    silent = [name_of(path) for path in WRITTEN if not ast.get_docstring(tree(path))]
    silent += [
        f"{name_of(path)}: {node.name}"
        for path in WRITTEN
        for node in offered(tree(path))
        if not ast.get_docstring(node)
    ]
    assert not silent


def offered(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """Walk through public classes, functions and methods; names that begin with _ are nobody's business."""
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            if not _overloaded(child):
                yield child
            if isinstance(child, ast.ClassDef):
                yield from offered(child)


def _overloaded(node: Function | ast.ClassDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)


def test_only_the_command_line_prints() -> None:
    assert not [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        if room(path) != "cli"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


#: Each pattern is written in pieces, so that this file does not hold what it forbids.
UNSAID = {
    # Quoted, the first of them is a word of Jira's own documents.
    "work put off": "|".join(rf"(?<![\"'\w]){a}{b}\b" for a, b in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"))),
    "paths of the machine it was written on": r"(?<![\w.~-])/(?:wo" + r"rk|tmp/w)(?:/|\b(?!-))",
    "tools of the workplace it was written in": r"\.libra"
    + r"ry\b|\bfind_str"
    + r"ing\b|\bfind_re"
    + r"pos\b|\bbefore-st"
    + r"op\b|\bissues (?:sh"
    + r"ow|resol"
    + r"ved|sto"
    + r"ps)\b|\bC"
    + r"EO\b|\bDEVEL"
    + r"OPERS\.md",
    "hosts of package registries": r"py"
    + r"pi\.org|python"
    + r"hosted\.org|np"
    + r"mjs\.(?:org|com)|deb"
    + r"ian\.org|proxy\.gol"
    + r"ang",
}


@pytest.mark.parametrize("pattern", UNSAID.values(), ids=UNSAID.keys())
def test_nothing_committed_says(pattern: str) -> None:
    said = [
        f"{name_of(path)}:{number}"
        for path in committed()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not said


def test_no_captured_payload_is_copied(shared: Path) -> None:
    """Real webhook bodies belong to those who captured them: tests read them where they are."""
    theirs = list((shared / "payloads").rglob("*.json"))
    assert theirs
    for mark in (raw, canonical):
        known = fingerprints(theirs, mark)
        copies = fingerprints(committed(), mark).keys() & known.keys()
        assert not [name_of(path) for print_ in copies for path in fingerprints(committed(), mark)[print_]]


def fingerprints(paths: list[Path], mark: Callable[[bytes], bytes | None]) -> dict[str, list[Path]]:
    found = defaultdict(list)
    for path in paths:
        if text := mark(path.read_bytes()):
            found[hashlib.sha256(text).hexdigest()].append(path)
    return found


def raw(text: bytes) -> bytes:
    return text


def canonical(text: bytes) -> bytes | None:
    """Write JSON in one way, so that white space and order make no difference; None for what is no JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return json.dumps(value, sort_keys=True).encode() if isinstance(value, dict) and value else None


@pytest.fixture
def shared() -> Path:
    """The folder with the captured payloads, which stands beside the checkout and is no part of it."""
    folder = Path(os.environ.get("JIRA_REACTOR_SHARED", ROOT.parent / "shared"))
    if not (folder / "payloads").is_dir():
        assert not os.environ.get("CI"), f"{folder} is missing, and CI must not skip this"
        pytest.skip(f"{folder} is not there; JIRA_REACTOR_SHARED names it")
    return folder
