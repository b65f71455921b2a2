"""Look at the `droid` program before any work, which needs no login.

https://docs.factory.ai/droid-cli/cli-reference tells its commands; what they print was observed.
"""

import difflib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.droids.base import DroidSilent
from app.droids.cleaning import one_line
from app.droids.environment import allowed
from app.droids.factory.droid import program
from app.droids.reading import last_lines, not_done_within
from app.droids.running import run_leashed

#: Seconds one question to the program may take; the first one after an installation can unpack things.
_PATIENCE = 30.0
#: Milliseconds `droid doctor` may take for one connection.
_CONNECTING = "5000"


@dataclass(frozen=True)
class Symptom:
    """One thing the program's own doctor found wrong."""

    #: What it is about: for a connection the host, such as factory-api.
    about: str
    said: str
    cure: str
    #: Whether it is only a warning.
    mild: bool


@dataclass(frozen=True)
class Program:
    """An installed `droid`, asked one question at a time; each raises DroidSilent where it gives no answer."""

    path: str
    env: Mapping[str, str] = field(repr=False)

    def version(self) -> str:
        """Ask for its version."""
        return one_line(self._answer("--version"))

    def tools(self) -> dict[str, str]:
        """Ask which tools it offers: each id with the name that models know it by."""
        listed = self._json("exec", "--list-tools", "--output-format", "json")
        return {str(tool.get("id")): str(tool.get("llmId")) for tool in _objects(listed, "exec --list-tools")}

    def symptoms(self) -> list[Symptom]:
        """Let it examine configuration, certificates, proxies, connections and login, and name what it dislikes."""
        told = self._json("doctor", "--json", "--timeout", _CONNECTING)
        results = _objects(told.get("results") if isinstance(told, dict) else None, "doctor --json")
        found = [_symptom(result) for result in results if result.get("status") in ("fail", "warn")]
        # A host whose name is not known fails in each further layer too; the first says enough.
        return list({symptom.about: symptom for symptom in reversed(found)}.values())[::-1]

    def _json(self, *arguments: str) -> Any:
        answer = self._answer(*arguments)
        try:
            return json.loads(answer)
        except ValueError as error:
            raise _silent(" ".join(arguments), f"It printed no JSON but: {one_line(answer)[:200]}") from error

    def _answer(self, *arguments: str) -> str:
        ended = run_leashed(
            [self.path, *arguments], stdin=b"", env=self.env, cwd=None, timeout=_PATIENCE, grace=1.0, stop=None
        )
        # Its doctor ends with 1 when something fails, and has said what.
        if ended.because or not ended.stdout:
            why = not_done_within(_PATIENCE) if ended.because else last_lines(ended.stderr)
            raise _silent(" ".join(arguments), why or f"It ended with exit code {ended.code} and said nothing.")
        return ended.stdout.decode(errors="replace")


def installed(env_names: Sequence[str]) -> Program:
    """Find the program as the factory droid will; raises DroidMissing."""
    env = allowed(env_names, os.environ)
    return Program(program(env), env)


def unknown(names: Iterable[str], tools: Mapping[str, str]) -> list[tuple[str, str]]:
    """List each name that no tool goes by, with the nearest that one does; empty where none is near."""
    known = {*tools, *tools.values()}
    strange = [name for name in names if name not in known]
    return [(name, next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.5)), "")) for name in strange]


def _objects(listed: object, arguments: str) -> list[dict[str, Any]]:
    if not isinstance(listed, list):
        raise _silent(arguments, "What it printed holds no list.")
    return [each for each in listed if isinstance(each, dict)]


def _symptom(result: Mapping[str, Any]) -> Symptom:
    name = str(result.get("id"))
    said = one_line(f"{result.get('label') or name}: {result.get('detail') or 'it gives no detail'}")
    cure = one_line(str(result.get("remediation") or "Run `droid doctor` as the worker's user."))
    return Symptom(name.rpartition(".")[2], said, cure, mild=result["status"] == "warn")


def _silent(arguments: str, why: str) -> DroidSilent:
    return DroidSilent(
        f"`droid {arguments}` gave no answer that can be read. {why}",
        "Run it as the worker's user; installing a newer Factory CLI may help.",
    )
