"""Checks of the factory droid: its program, its key, the tools it is held to, and what its own doctor says."""

from collections.abc import Iterator, Mapping
from functools import partial

from app.connecting.doctor.check import Check, done, fail, ok, warn
from app.droids.factory.preflight import Program, installed, unknown
from app.settings import Settings

_KEY = "FACTORY_API_KEY"
#: Hosts that most installations do without: accounts kept in the European Union, pages, updates, telemetry.
_OPTIONAL = frozenset({"factory-api-eu", "factory-app", "factory-downloads", "factory-telemetry"})


def factory(settings: Settings, environ: Mapping[str, str]) -> Iterator[Check]:
    """Ask the droid's program all that it tells without a login."""
    program = installed(settings.droid_env)
    yield from done("droid", lambda: ok("droid", f"The factory droid runs {program.path}, {program.version()}."))
    yield _key(settings, environ)
    yield from done("droid", partial(_tools, program, settings))
    yield from done("droid", partial(_symptoms, program))


def _key(settings: Settings, environ: Mapping[str, str]) -> Check:
    listed, given = _KEY in settings.droid_env, bool(environ.get(_KEY))
    if listed and given:
        return ok("droid", f"It is given {_KEY}.")
    if given:
        said = f"{_KEY} is set, but the droid is not given it."
        return warn("droid", said, f"List {_KEY} in JIRA_REACTOR_DROID_ENV, or unset it.")
    if listed:
        said = f"JIRA_REACTOR_DROID_ENV lists {_KEY}, which is not set."
        return warn("droid", said, f"Set {_KEY} for the worker; https://app.factory.ai/settings/api-keys makes keys.")
    return ok("droid", f"It is given no {_KEY}, so it needs the login of the worker's user.")


def _tools(program: Program, settings: Settings) -> Iterator[Check]:
    tools = program.tools()
    if not settings.droid_tools:
        yield ok("droid", f"It may choose among {len(tools)} tools.")
        return
    strange = unknown(settings.droid_tools, tools)
    for name, near in strange:
        hint = f"Did you mean {near}?" if near else "`droid exec --list-tools` lists the ones there are."
        yield fail("droid", f"JIRA_REACTOR_DROID_TOOLS names {name}, and there is no such tool.", hint)
    if not strange:
        yield ok("droid", f"It is held to {', '.join(settings.droid_tools)}.")


def _symptoms(program: Program) -> Iterator[Check]:
    symptoms = program.symptoms()
    for symptom in symptoms:
        make = warn if symptom.mild or symptom.about in _OPTIONAL else fail
        yield make("droid", f"`droid doctor`: {symptom.said}", symptom.cure)
    if not symptoms:
        yield ok("droid", "`droid doctor` finds nothing wrong.")
