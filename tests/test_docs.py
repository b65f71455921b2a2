"""What the documents say is true: their commands run, their handlers react, and they leave nothing out."""

import ast
import inspect
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from app import cli
from app import testing as kit
from app.connecting.permissions.needs import NEEDED
from app.connecting.schedules import schedules as daily_schedules
from app.droids.base import Report
from app.events.event import Change, Comment, Event, Issue, User
from app.events.names import KNOWN
from app.reacting.colleague import Colleague
from app.reacting.commands import COMMANDS
from app.reacting.context import Context
from app.reacting.desk import Desk
from app.reacting.rehearsing import Record
from app.reacting.status import standing
from app.routing import load_file, match
from app.routing.conditions import Conditions
from app.routing.deciding import Decision
from app.settings import _OTHERS, PREFIX, Settings
from app.storage.runs import Run
from app.testing import Said, rehearse
from app.webhooks import schedules as webhook_schedules
from tests.docs.reading import (
    DOCUMENTS,
    ROOT,
    Block,
    anchors,
    blocks,
    code,
    commands,
    headings,
    prose,
    rows,
    section,
)
from tests.docs.world import World, eventually
from tests.test_house import FLOORS

README, DOCS = ROOT / "README.md", ROOT / "docs"
HANDLERS, CONNECTING, OPERATING = DOCS / "handlers.md", DOCS / "connecting.md", DOCS / "operating.md"
TALKING = DOCS / "talking.md"
#: Where the documents keep the tests of their handlers.
TESTS = "my-tests/"

#: What a fence may say: console is run, python and jinja are loaded, the others are shown.
LANGUAGES = {"console", "python", "jinja", "json", "text", "ini", "nginx", "sh", "toml"}
#: The shell blocks that no test runs, by the first line of each, and why.
NOT_RUN = {
    "git pull": "changes the checkout and restarts a service of systemd",
    "apt-get install wrk": "installs onto the machine and measures for minutes",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        files = [block for page in DOCUMENTS for block in blocks(page, "json", "python", "jinja") if block.file]
        for block in files:
            beside = block.language == "json" or block.file.startswith(TESTS)
            made.write([block], "." if beside else "my-handlers")
        yield made


# The commands.


def test_readme_leads_from_nothing_to_an_answer_in_jira(world: World) -> None:
    """Whoever types what the README shows has a droid that answers a mention and takes an assigned issue on."""
    for command in commands(README):
        world.perform(command)
    site, people = world.cloud.site, world.people
    key = site.create_issue("OPS", "The export button does nothing", by=people.ada).key
    site.add_comment(key, f"[~accountid:{people.droid.id}] what would you look at first?", by=people.ada)
    assert eventually(lambda: authors(world, key) == ["Ada", "Factory Droid"])
    site.assign(key, people.droid, by=people.ada)
    assert eventually(lambda: site.issues[key].status.name == "In Review")
    assert authors(world, key) == ["Ada", "Factory Droid", "Factory Droid"]


#: The ways to connect, as they are called behind "console" at blocks that not every reader types.
WAYS = ("oauth", "token", "scoped", "client", "hand", "datacenter")


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_connect_leads_to_connected(world: World, way: str) -> None:
    """Whoever chooses one of the ways types what is for it and what is for all of them, in the order of the page."""
    typed = [command for command in commands(CONNECTING) if not command.ways or way in command.ways]
    assert any(way in command.ways and " connect " in command.text for command in typed)
    for command in typed:
        world.perform(command)


def test_what_troubled_readers_are_told_to_check_works_where_nothing_is_wrong(world: World) -> None:
    world.connect()
    world.type("jira-reactor serve")
    table = rows(section(CONNECTING, "When something fails"))
    checks = {text for row in table for text in code(row[1]) if text.startswith("jira-reactor ")}
    assert len(checks) >= 8
    for check in sorted(checks):
        world.type(check.replace("KEY", "OPS"))


def test_no_command_is_for_a_way_that_nobody_goes() -> None:
    assert {way for command in commands(CONNECTING) for way in command.ways} == set(WAYS)
    assert not [command.where for page in DOCUMENTS if page != CONNECTING for command in commands(page) if command.ways]


@pytest.mark.parametrize("document", [HANDLERS, OPERATING], ids=lambda page: page.stem)
def test_commands_work_as_shown(world: World, document: Path) -> None:
    world.connect()
    if document == HANDLERS:
        world.cloud.site.create_issue("OPS", "The export button does nothing", by=world.people.ada, issue_type="Bug")
    for command in commands(document):
        world.perform(command)


def test_every_document_with_commands_is_run() -> None:
    assert {page for page in DOCUMENTS if commands(page)} == {README, CONNECTING, HANDLERS, OPERATING}


def test_every_block_is_run_or_says_why_not() -> None:
    shown = [block for page in DOCUMENTS for block in blocks(page)]
    assert {block.language for block in shown} <= LANGUAGES
    assert {block.text.partition("\n")[0] for block in shown if block.language == "sh"} == NOT_RUN.keys()


def test_nothing_but_console_blocks_tells_a_reader_to_type() -> None:
    """A prompt in a block that is not run, or a fence that is not closed, would slip through."""
    for page in DOCUMENTS:
        assert page.read_text().count("\n```") == 2 * len(blocks(page)), page.name
        assert not [block for block in blocks(page) if block.language != "console" and "\n$ " in f"\n{block.text}"]


@pytest.mark.skipif(not os.environ.get("CI"), reason="installs everything anew, which only CI takes the time for")
def test_make_demo_plays_in_a_fresh_clone_with_an_empty_home(tmp_path: Path) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    kept = ("PATH", "LANG", "JIRA_REACTOR_SIMULATOR_JOURNAL")
    # What tells pip how to reach packages on this machine is the machine's; everything else a fresh one lacks.
    environ = {name: value for name, value in os.environ.items() if name in kept or name.startswith("PIP_")}
    played = subprocess.run(
        ["make", "demo"], cwd=clone, env=environ | {"HOME": str(home)}, capture_output=True, text=True, timeout=280
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Both the comment and the status change stand in Jira, and so do question, answer and stop." in played.stdout
    dirty = subprocess.run(["git", "status", "--short"], cwd=clone, check=True, capture_output=True, text=True)
    assert dirty.stdout == ""


# The handlers.


def test_handlers_of_the_documents_react(world: World) -> None:
    """Each complete handler is loaded by a real worker and does in Jira what its document says."""
    world.connect()
    world.type("export JIRA_REACTOR_HANDLERS=$PWD/my-handlers")
    world.type("jira-reactor serve")
    site, ada = world.cloud.site, world.people.ada
    issue = site.create_issue("OPS", "The export button does nothing", by=ada, issue_type="Bug")
    assert eventually(lambda: "It must tell:" in said(world, issue.key)), "missing"
    assert issue.labels == ("needs-info",)

    site.move(issue.key, "In Progress", by=ada)
    assert eventually(lambda: "list your first three steps" in said(world, issue.key)), "first_look"

    site.add_comment(issue.key, f"[~accountid:{world.people.droid.id}] explain this, please", by=ada)
    assert eventually(lambda: "asks about to Ada, in plain words" in said(world, issue.key)), "explain"
    assert "This goes on our conversation" in said(world, issue.key)
    assert "Answer the newest comment" not in said(world, issue.key)

    site.set_labels(issue.key, "needs-info", "droid", by=ada)
    assert eventually(lambda: issue.status.name == "In Review"), "handover"
    assert (issue.assignee, issue.labels) == (ada, ("needs-info",))
    assert "say what to look at first" in said(world, issue.key)
    assert [link.content["object"]["title"] for link in issue.links] == ["How the droid works"]


def test_every_condition_has_an_example_that_holds_and_can_fail(tmp_path: Path) -> None:
    names = headings(section(HANDLERS, "Conditions"), 3)
    examples = [block for block in blocks(HANDLERS, "python") if not block.file]
    assert set(names) == set(Conditions.__annotations__)
    assert len(names) == len(examples)
    for name, example in zip(names, examples, strict=True):
        assert f"{name}=" in example.text
        [route] = load_file(written(tmp_path, name, example))
        [holds] = match([route], everything(route.events[0]), DROID)
        [fails] = match([route], Event(route.events[0], project="NONE"), DROID)
        assert (holds.failed, fails.failed != "") == ("", True), name


DROID = User("557058:droid", "Factory Droid")


def everything(name: str) -> Event:
    """An event of which every example's condition holds."""
    return Event(
        name,
        actor=User("557058:ada", "Ada"),
        project="OPS",
        issue=Issue(
            "10007",
            "OPS-7",
            issue_type="Bug",
            status="In Progress",
            status_category="indeterminate",
            priority="High",
            labels=("backend", "droid"),
        ),
        comment=Comment("10012", f"[~accountid:{DROID.id}] explain this"),
        mentions=(DROID.id,),
        changes=(
            Change("status", "status", from_="To Do", to="In Progress"),
            Change("labels", "labels", from_="backend blocked", to="backend droid"),
            Change("assignee", "assignee", to_id=DROID.id, to=DROID.name),
        ),
    )


def written(folder: Path, name: str, example: Block) -> Path:
    """Write a handler file around the decorator of an example."""
    file = folder / f"{name}.py"
    head = '"""An example."""\n\nfrom app.handler import Context, Router\n\nrouter = Router()\n\n'
    file.write_text(f'{head}{example.text}def example(ctx: Context) -> None:\n    """React."""\n')
    return file


def authors(world: World, key: str) -> list[str]:
    return [comment.author.name for comment in world.cloud.site.issues[key].comments]


def said(world: World, key: str) -> str:
    """Everything the droid commented on an issue, as Jira's webhooks would tell it."""
    comments = world.cloud.site.issues[key].comments
    return "\n".join(world.cloud.site.face.wiki(c.body) or "" for c in comments if c.author.name == "Factory Droid")


# Completeness, in both directions.


def test_every_event_is_listed() -> None:
    listed = {name for row in rows(section(HANDLERS, "Events")) for name in code(row[1])}
    assert listed - {"explain", "replay"} == KNOWN


def test_the_context_is_described_as_it_is() -> None:
    tables = {cell for row in rows(section(HANDLERS, "The context")) for cell in code(row[0])}
    promised = {
        *(f"ctx.{name}" for name in public(Context)),
        *(f"ctx.{shape(method)}" for method in methods(Context)),
        *(f"ctx.jira.{shape(method)}" for method in methods(Desk)),
        *(f"ctx.droid.{shape(method)}" for method in methods(Colleague)),
        *(f"ctx.droid.{name}" for name in public(Colleague)),
        *(f"report.{name}" for name in public(Report)),
    }
    assert tables == promised


def test_the_rehearsal_is_described_as_it_is() -> None:
    text = section(HANDLERS, "Rehearsing")
    told = {name for row in rows(text) for name in code(row[0])}
    arguments = list(inspect.signature(rehearse).parameters)[2:]
    said = {*public(Said), *public(Record)} - {"texts"}
    assert told == {*arguments, *(f"said.{name}" for name in said)}
    assert set(re.findall(r"`(\w+)\(", text)) | {"ADA", "DROID", "Rehearse", "Said", "rehearse"} == set(kit.__all__)


def test_every_handler_that_ships_is_told() -> None:
    told = {code(row[0])[0] for row in rows(section(HANDLERS, "The handlers that ship"))}
    assert told == {f"handlers/{path.name}" for path in (ROOT / "handlers").glob("*.py")}


def test_values_are_described_as_they_are() -> None:
    table = {row[0]: set(code(row[1])) for row in rows(section(HANDLERS, "Values"))}
    values = {"event": Event, "issue": Issue, "comment": Comment, "change": Change, "user": User}
    assert table == {name: set(public(kind)) for name, kind in values.items()}


def public(kind: type) -> list[str]:
    """Name the public fields and properties of a class."""
    properties = [name for name, value in vars(kind).items() if isinstance(value, property | cached_property)]
    return [name for name in [*(f.name for f in fields(kind)), *properties] if not name.startswith("_")]


def methods(kind: type) -> list[Callable[..., Any]]:
    return [value for name, value in vars(kind).items() if inspect.isfunction(value) and not name.startswith("_")]


def shape(method: Callable[..., Any]) -> str:
    """Write a method's name and parameters as the reference does: without types and defaults."""
    told, starred = [], False
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            told.append("*")
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        told.append(str(parameter.replace(annotation=parameter.empty, default=parameter.empty)))
    return f"{method.__name__}({', '.join(told)})"


def test_every_decision_is_explained() -> None:
    ruling = ast.parse((ROOT / "app/reacting/dispatch.py").read_text())
    made = {
        node.args[0].value
        for node in ast.walk(ruling)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Ruling"
        and isinstance(node.args[0], ast.Constant)
    }
    assert {code(row[0])[0] for row in rows(section(HANDLERS, "Decisions"))} == {*get_args(Decision), *made}


def test_every_state_of_a_run_is_told() -> None:
    """Those that the code writes down, wherever it does."""
    written = set()
    for module in (*(ROOT / "app/storage").glob("*.py"), *(ROOT / "app/reacting").glob("*.py")):
        written |= set(re.findall(r'"state": "([a-z ]+)"|_end\(\w+, "([a-z]+)"|, "(stopped)"', module.read_text()))
    told = {code(row[0])[0] for row in rows(section(HANDLERS, "States of a run"))}
    assert {state for found in written for state in found if state} == told


def test_every_command_in_a_comment_is_told() -> None:
    assert [row[0] for row in rows(section(TALKING, "Commands"))] == list(COMMANDS)


def test_every_way_a_run_stands_is_told() -> None:
    """Each line begins as the status comment of a run in one of its states does."""
    told = [row[0].partition(" ...")[0] for row in rows(section(TALKING, "What it says on the way"))]
    values = {"created_at": 0, "started_at": 0, "ended_at": 0, "seen_at": 0, "reason": "why"}
    states = ["pending", "active", "awaiting input", "pending", "stale", "complete", "failed", "stopped"]
    runs = [Run("1", 1, "c", "1", "A-1", "A", "r", None, 0, state=state, **values) for state in states]
    runs[3] = replace(runs[3], turn=1)
    for line, run in zip(told, runs, strict=True):
        opening = re.match(r"\*\*.+?\*\*", line)
        assert opening
        assert standing(run, 0).startswith(opening[0])


def test_every_schedule_is_told_with_its_times() -> None:
    nothing: Any = None
    planned = webhook_schedules(nothing, nothing, nothing, nothing) | daily_schedules(nothing, nothing)
    said = {"*/10 * * * *": "every ten minutes", "41 * * * *": "every hour at :41"}
    said |= {"23 4 * * *": "daily at 4:23", "37 4 * * *": "daily at 4:37"}
    told = [row[0].rpartition(", and ")[2] for row in rows(section(OPERATING, "What runs when"))]
    assert sorted(told) == sorted(said[cron] for cron, _ in planned.values())


@pytest.mark.parametrize("page", [README, CONNECTING], ids=lambda page: page.stem)
def test_the_permissions_asked_for_are_those_audited(page: Path) -> None:
    [asked] = re.findall(r"Browse Projects, Add Comments[\w\s,]*?Link\sIssues", prose(page))
    names = re.split(r", | and ", " ".join(asked.split()))
    assert names == [permission.name for permission in NEEDED]


def test_every_setting_is_explained_with_its_default() -> None:
    text = section(OPERATING, "Settings")
    assert headings(text, 3) == [f"{PREFIX}{field.name.upper()}" for field in fields(Settings)]
    for field in fields(Settings):
        told = section(OPERATING, f"{PREFIX}{field.name.upper()}").strip()
        default = "nothing" if field.default in ("", (), None) else f"`{field.default}`"
        assert told.startswith(f"Default: {default}"), field.name


def test_no_setting_is_spoken_of_that_does_not_exist() -> None:
    known = {field.name.upper() for field in fields(Settings)} | {name.upper() for name in _OTHERS}
    for page in (*DOCUMENTS, ROOT / "Makefile", ROOT / ".ci/run"):
        assert set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", page.read_text())) <= known, page.name


def test_every_command_is_listed() -> None:
    listed = [
        spoken.removeprefix("jira-reactor ")
        for row in rows(section(README, "The commands"))
        for spoken in code(row[0])
        if spoken.startswith("jira-reactor ")
    ]
    assert sorted(listed) == sorted(" ".join(path) for path, _ in every_command(cli.main))


def every_command(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)
        else:
            yield (*path, name), command


def test_commands_and_options_spoken_of_exist() -> None:
    """In the documents and in what our own messages tell an admin to type."""
    spoken = [text for page in DOCUMENTS for text in code(prose(page))]
    spoken += [command.text for page in DOCUMENTS for command in commands(page)]
    spoken += [text for message in messages() for text in code(message)]
    known = dict(every_command(cli.main))
    checked = [line for line in spoken if line.startswith("jira-reactor ") and not line.endswith("COMMAND --help")]
    assert len(checked) > 40
    for line in checked:
        words = line.split()[1:]
        command = known.get(tuple(words[:1])) or known.get(tuple(words[:2]))
        assert command or words[0] in {path[0] for path in known}, line
        options = {option for each in ([command] if command else known.values()) for option in options_of(each)}
        assert {word for word in words if word.startswith("--")} <= options, line


def options_of(command: click.Command) -> list[str]:
    """Name the options of a command, those that switch something off too."""
    return [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]


@cache
def messages() -> list[str]:
    """Every text in app/, those with values in them cut where a value stands by three dots."""
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "..." for part in node.values]
                found.append("".join(map(str, parts)))
    return found


def test_troubles_are_quoted_as_they_are_said() -> None:
    """The words an admin searches the page for are the words that are printed."""
    table = rows(section(CONNECTING, "When something fails"))
    quoted = [text for row in table for text in code(row[0]) if " " in text and not text.startswith("jira-reactor ")]
    assert len(quoted) > 15
    for text in quoted:
        parts = [part.strip() for part in re.split(r"\.\.\.|\d+", text)]
        assert any(all(part in message for part in parts) for message in messages()), text


def test_the_tree_shows_every_room() -> None:
    [tree] = [block for block in blocks(README, "text") if "wsgi.py" in block.text]
    shown = [line.split()[0] for line in tree.text.splitlines()]
    assert all((ROOT / name).exists() or (ROOT / "app" / name).exists() for name in shown)
    rooms = {f"{path.name}/" for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
    assert rooms <= set(shown)


def test_the_floors_are_drawn_as_they_are_held() -> None:
    [drawing] = blocks(DOCS / "design.md", "text")
    drawn = {name: int(line[0]) for line in drawing.text.splitlines() for name in line[1:].replace(",", " ").split()}
    held = {name: max(floor, 1) for name, floor in FLOORS.items() if rooms_of(name)}
    assert drawn == held


def rooms_of(name: str) -> bool:
    return (ROOT / "app" / name).is_dir() or (ROOT / "app" / f"{name}.py").exists()


def test_links_lead_somewhere() -> None:
    for page in DOCUMENTS:
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
            if target.startswith("https://"):
                continue
            file, _, anchor = target.partition("#")
            there = (page.parent / file).resolve() if file else page
            assert there.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(there), f"{page.name}: {target}"


def test_files_spoken_of_exist() -> None:
    for page in DOCUMENTS:
        for text in code(prose(page)):
            if re.fullmatch(r"(?:app|docs|tests|handlers|benchmarks)/[\w./]*", text):
                assert (ROOT / text).exists(), f"{page.name}: {text}"


def test_benchmarks_are_spoken_of_as_they_are() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "benchmarks").glob("*.py"))
    read = set(re.findall(r"BENCH_[A-Z]+", sources))
    assert set(re.findall(r"BENCH_[A-Z]+", (DOCS / "performance.md").read_text())) == read
