"""A droid that is any agent program on this machine: prompt on stdin, answer on stdout."""

import functools
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.droids.base import UNWATCHED, Autonomy, DroidMisconfigured, DroidMissing, Report, Turn
from app.droids.environment import allowed, refuse_ours
from app.droids.reading import read
from app.droids.redacting import redact
from app.droids.running import run_leashed
from app.events.event import Issue


@dataclass(frozen=True)
class CommandDroid:
    """Run `argv` once per prompt, afresh each time; what it may do is fixed by the command the admin wrote.

    The program gets few environment variables and those in `env_names`, works in `cwd`, and never outlives its run or
    its worker: at the deadline it and all it started get SIGTERM and, `grace` seconds later, SIGKILL.
    """

    argv: tuple[str, ...]
    env_names: tuple[str, ...] = ()
    cwd: Path | None = None
    grace: float = 5.0

    def __post_init__(self) -> None:
        if not self.argv:
            raise DroidMisconfigured(
                "The command droid has no command to run.",
                "Set JIRA_REACTOR_DROID_COMMAND to a program that reads a prompt on stdin, with its options.",
            )
        refuse_ours(self.env_names)

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        session: str | None = None,
        autonomy: Autonomy = "none",
        timeout: float,
        turn: Turn = UNWATCHED,
    ) -> Report:
        """Run the program; raises DroidMissing, DroidMisconfigured or DroidUnstartable where it cannot be started."""
        env = allowed(self.env_names, os.environ)
        ended = run_leashed(
            [self._program(env), *self.argv[1:]],
            # Text is never an argument: agents read one that begins with a dash as options, and ps shows it.
            stdin=prompt.encode(errors="replace"),
            env=env,
            cwd=self._place(),
            timeout=timeout,
            grace=self.grace,
            stop=turn.stop,
        )
        return read(ended, timeout=timeout, redact=functools.partial(redact, variables=env))

    def _program(self, env: Mapping[str, str]) -> str:
        found = shutil.which(self.argv[0], path=env.get("PATH", os.defpath))
        if found is None:
            raise DroidMissing(
                f"The program {self.argv[0]!r} that JIRA_REACTOR_DROID_COMMAND names was not found.",
                "Install it, or give its full path, and check that the worker's user may execute it.",
            )
        return os.path.abspath(found)

    def _place(self) -> Path | None:
        if self.cwd is not None and not self.cwd.is_dir():
            raise DroidMisconfigured(
                f"The folder {self.cwd} that JIRA_REACTOR_DROID_CWD names is not there.",
                "Create it, or name one that the worker's user can enter.",
            )
        return self.cwd
