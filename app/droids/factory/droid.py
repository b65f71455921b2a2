"""A droid that is Factory's own, run by the `droid` program on this machine."""

import asyncio
import functools
import importlib.util
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.droids.base import UNWATCHED, Autonomy, DroidMisconfigured, DroidMissing, Report, Turn
from app.droids.environment import allowed, refuse_ours
from app.droids.redacting import redact
from app.events.event import Issue

PROGRAM = "droid"


@dataclass(frozen=True)
class FactoryDroid:
    """Hold one turn of a conversation per run, in a `droid exec` process of its own.

    The process gets few environment variables and those in `env_names`, works in `cwd`, and never outlives its run or
    its worker. Beyond what the autonomy allows it asks, and a person on the issue may grant it once.
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
                "Run `pip install 'jira-reactor[factory]'` where jira-reactor is installed.",
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
        schema: Mapping[str, object] | None = None,
    ) -> Report:
        """Hold a turn; with a JSON `schema` of an object the answer is JSON that fits it.

        Raises DroidMissing, DroidMisconfigured or DroidUnstartable where the program cannot be started.
        """
