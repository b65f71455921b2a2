"""A droid that is any agent program on this machine, driven as its recipe says."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.droids.base import UNWATCHED, Autonomy, DroidMisconfigured, DroidMissing, Report, Turn
from app.droids.environment import allowed, place, refuse_ours
from app.droids.listening import Listener
from app.droids.output import session_in
from app.droids.reading import read
from app.droids.recipe import Recipe
from app.droids.redacting import redact
from app.droids.running import run_leashed
from app.events.event import Issue

_TEXT_FOLLOWS = "What follows is a request in plain text.\n\n"


@dataclass(frozen=True)
class CommandDroid:
    """Run a recipe's program once per prompt; what the recipe does not say is fixed by its command.

    The program gets few environment variables and those in `env_names`, works in `cwd`, and never outlives its run or
    its worker: at the deadline it and all it started get SIGTERM and, `grace` seconds later, SIGKILL.
    """

    recipe: Recipe
    env_names: tuple[str, ...] = ()
    cwd: Path | None = None
    model: str = ""
    grace: float = 5.0

    def __post_init__(self) -> None:
        if not self.recipe.command:
            raise DroidMisconfigured(
                "The command droid has no command to run.",
                "Set JIRA_REACTOR_DROID_COMMAND to a program that reads a prompt on stdin, with its options.",
            )
        if self.model and not self.recipe.model:
            raise DroidMisconfigured(
                f"JIRA_REACTOR_DROID_MODEL is set, but {self.recipe.origin} does not say how to choose a model.",
                "Unset it, and choose the model where the program's own options or configuration do.",
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
        resumes = session is not None and bool(self.recipe.resume)
        if resumes and not session_in(session):
            return Report("", "failed", reason="The session to continue has no id that can be one.", forgotten=True)
        env = {**allowed(self.env_names, os.environ), **self.recipe.environment(autonomy)}
        blank = functools.partial(redact, variables=env)
        listener = Listener(self.recipe, tell=turn.tell, redact=blank)
        with self._written(prompt) as (prompt_file, stdin):
            argv = self.recipe.argv(autonomy=autonomy, model=self.model, session=session, prompt_file=prompt_file)
            ended = run_leashed(
                [self.program(env), *argv[1:]],
                stdin=stdin,
                env=env,
                cwd=place(self.cwd),
                timeout=timeout,
                grace=self.grace,
                stop=turn.stop,
                hear_out=listener.hear_out,
                hear_err=listener.hear_err,
            )
        heard = listener.session
        return read(ended, recipe=self.recipe, timeout=timeout, redact=blank, continued=resumes, heard=heard)

    def program(self, env: Mapping[str, str] | None = None) -> str:
        """Find the program's file as a run does; raises DroidMissing."""
        name = self.recipe.command[0]
        env = allowed(self.env_names, os.environ) if env is None else env
        found = shutil.which(name, path=env.get("PATH", os.defpath))
        if found is None:
            raise DroidMissing(
                f"The program {name!r} that {self.recipe.origin} names was not found.",
                "Install it, or give its full path, and check that the worker's user may execute it.",
            )
        return os.path.abspath(found)

    @contextmanager
    def _written(self, prompt: str) -> Iterator[tuple[str, bytes]]:
        """Give the name of a file with the prompt, and what goes to standard input; one of the two is empty.

        Text is never an argument: agents read one that begins with a dash as options, and ps shows it.
        """
        text = _no_command(prompt).encode(errors="replace")
        if self.recipe.prompt == "stdin":
            yield "", text
            return
        with tempfile.NamedTemporaryFile(prefix="prompt-", suffix=".md") as file:
            file.write(text)
            file.flush()
            yield file.name, b""


def _no_command(prompt: str) -> str:
    """Keep a prompt from being taken for a command of the program's own.

    Several take a first line that begins with / or ! for one; aider runs it in a shell, whatever mode it is in.
    https://aider.chat/docs/usage/commands.html
    """
    return f"{_TEXT_FOLLOWS}{prompt}" if prompt.lstrip().startswith(("/", "!")) else prompt
