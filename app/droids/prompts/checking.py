"""What can be known to be wrong with prompts before a droid is asked."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.droids.prompts.templates import FOLDER, SUFFIX, PromptError, Prompts, unreadable

#: What every prompt can name.
SCOPE = frozenset({"issue", "comment", "event", "project"})


@dataclass(frozen=True)
class _Call:
    """A call of ctx.prompt that names its template in the handler file; `gives` is None where it cannot be told."""

    place: str
    name: str
    gives: frozenset[str] | None


def check(handler_files: Iterable[str], folders: Sequence[Path] = ()) -> None:
    """Check the templates beside these handler files, and those that the files name.

    Raises PromptError, with file and line, for a template that Jinja cannot read, one that is named and not there, and
    one that asks for what it is not given. What only a run can tell, such as a misspelt field of the issue, it does not
    see.
    """
    readable: set[Path] = set()
    for file in dict.fromkeys(handler_files):
        prompts = Prompts.of(file, folders)
        written = {path for folder in prompts.folders for path in (folder / FOLDER).rglob(f"*{SUFFIX}")}
        for path in sorted(written - readable):
            _parsed(prompts.environment, path)
        readable |= written
        for call in _calls(file):
            _check_call(call, prompts)


def _check_call(call: _Call, prompts: Prompts) -> None:
    found = [path for folder in prompts.folders for path in (folder / FOLDER).rglob(f"{call.name}{SUFFIX}")]
    if not any(path.parent.name == FOLDER for path in found):
        missing = prompts.missing(call.name)
        raise PromptError(f"{call.place}: {missing.message}", missing.cure)
    for path in found if call.gives is not None else ():
        tree = _parsed(prompts.environment, path)
        given = SCOPE | (call.gives or frozenset()) | prompts.environment.globals.keys() | _tested(tree)
        if unknown := sorted(meta.find_undeclared_variables(tree) - given):
            cure = f"Give it: ctx.prompt({call.name!r}, {unknown[0]}=...); or name what there is."
            raise PromptError(f"{path} asks for {unknown[0]}, which {call.place} does not give.", cure)


def _parsed(environment: ImmutableSandboxedEnvironment, path: Path) -> nodes.Template:
    try:
        return environment.parse(path.read_text(), path.stem, str(path))
    except TemplateSyntaxError as error:
        raise unreadable(error) from None


def _tested(tree: nodes.Template) -> set[str]:
    """Name what a template itself asks to be there or not."""
    asked = [test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    asked += [used.node for used in tree.find_all(nodes.Filter) if used.name in ("default", "d") and used.node]
    return {node.name for node in asked if isinstance(node, nodes.Name)}


def _calls(file: str) -> Iterator[_Call]:
    for node in ast.walk(ast.parse(Path(file).read_text(), file)):
        match node:
            case ast.Call(func=ast.Attribute(attr="prompt"), args=[ast.Constant(value=str(name))]):
                words = [word.arg for word in node.keywords]
                gives = None if None in words else frozenset(word for word in words if word)
                yield _Call(f"{file}:{node.lineno}", name, gives)
