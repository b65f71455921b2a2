"""A droid that is Factory's own, run by the `droid` program on this machine."""

import asyncio
import functools
import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.droids.base import UNWATCHED, Autonomy, DroidMisconfigured, DroidMissing, Report, Turn
from app.droids.environment import allowed, place, refuse_ours
from app.droids.redacting import redact
from app.events.event import Issue

if TYPE_CHECKING:
    from app.droids.factory.conversation import Outcome, Task

PROGRAM = "droid"


@dataclass(frozen=True)
class FactoryDroid:
    """Hold one turn of a conversation per run, in a `droid exec` process of its own.

    The process gets few environment variables and those in `env_names`, works in `cwd`, and never outlives its run or
    its worker. Beyond what the autonomy allows it asks, and somebody on the issue may grant it once.
    """

    env_names: tuple[str, ...] = ()
    cwd: Path | None = None
    model: str = ""
    tools: tuple[str, ...] = ()
    grace: float = 5.0

    def __post_init__(self) -> None:
        if importlib.util.find_spec("droid_sdk") is None:
            raise DroidMisconfigured(
                "The factory droid needs the package droid-sdk, which is not installed.",
                "Run `pip install 'jira-reactor[factory]'` in the environment of jira-reactor.",
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
        """Hold a turn; where it has a schema, the answer is JSON that fits it.

        Raises DroidMissing, DroidMisconfigured or DroidUnstartable where the program cannot be started.
        """
        # Only who has this droid pays for loading the SDK.
        from app.droids.factory.ending import report

        env = allowed(self.env_names, os.environ)
        task = self._task(prompt, about, session, autonomy, turn)
        outcome = asyncio.run(self._hold(task, env, timeout, turn))
        return report(outcome, timeout=timeout, redact=functools.partial(redact, variables=env))

    def _task(self, prompt: str, about: Issue, session: str | None, autonomy: Autonomy, turn: Turn) -> "Task":
        from droid_sdk import Autonomy as Level

        from app.droids.factory.asking import decision
        from app.droids.factory.conversation import Task

        return Task(
            prompt=f"{decision(turn.question, turn.answer)}\n\n{prompt}".strip(),
            session=session,
            autonomy=Level.OFF if autonomy == "none" else Level(autonomy),
            model=self.model or None,
            tools=self.tools or None,
            place=place(self.cwd) or Path.cwd(),
            tags={"issue": about.key},
            schema=turn.schema,
        )

    async def _hold(self, task: "Task", env: Mapping[str, str], timeout: float, turn: Turn) -> "Outcome":
        from app.droids.factory.conversation import Conversation
        from app.droids.factory.transport import ARGUMENTS, LeashedTransport

        transport = LeashedTransport((program(env), *ARGUMENTS), env, task.place, self.grace)
        await transport.connect()
        try:
            outcome = await Conversation(task, transport, turn, functools.partial(redact, variables=env)).hold(timeout)
        finally:
            await transport.close()
        if transport.unstarted:
            raise transport.unstarted
        return outcome


def program(env: Mapping[str, str]) -> str:
    """Find the `droid` program where the droid's own PATH leads; raises DroidMissing."""
    found = shutil.which(PROGRAM, path=env.get("PATH", os.defpath))
    if found is None:
        raise DroidMissing(
            "The program droid was not found on the worker's PATH.",
            "Install Factory's CLI as https://docs.factory.ai/droid-cli/quickstart says, for the worker's user.",
        )
    return os.path.abspath(found)
