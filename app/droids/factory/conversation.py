"""One turn with Factory's droid, from the first message to the last, and everything that may end it before."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from droid_sdk import (
    AssistantMessage,
    Autonomy,
    DroidError,
    InteractionHandlers,
    JsonSchema,
    Mode,
    PermissionRequest,
    PermissionResponse,
    QuestionRequest,
    QuestionResponse,
    RunResult,
    Runtime,
    Session,
    SessionConfig,
    SessionTag,
    ToolCall,
    ToolConfirmationOutcome,
)

from app.droids.base import Turn
from app.droids.factory.asking import is_no, is_yes, may_be_asked, permission_question, plain_question, wanted_in
from app.droids.factory.steps import step
from app.droids.factory.transport import LeashedTransport

#: Seconds between two looks at whether to stop.
_LOOK = 0.25
#: Seconds the droid gets to save its session before it is ended.
_SAVING = 2.0

#: Why a turn was ended by us; empty where the droid ended it.
Because = Literal["", "deadline", "stop", "question"]


@dataclass(frozen=True)
class Task:
    """What the droid is to do, and how."""

    prompt: str
    session: str | None
    autonomy: Autonomy
    model: str | None
    tools: tuple[str, ...] | None
    place: Path
    tags: Mapping[str, str]
    schema: Mapping[str, object] | None


@dataclass
class Outcome:
    """What is known of a turn when it has ended."""

    because: Because = ""
    result: RunResult[Any] | None = None
    error: Exception | None = None
    session: str | None = None
    question: str = ""
    #: The last the droid said to people, and the last its program said to them.
    said: str = ""
    notice: str = ""
    #: What it wanted although it had been refused, or may not even be asked for.
    refused: str = ""


class Conversation:
    """Holds one turn over a connected transport."""

    def __init__(self, task: Task, transport: LeashedTransport, turn: Turn, redact: Callable[[str], str]) -> None:
        self._task = task
        self._transport = transport
        self._turn = turn
        self._redact = redact
        self._outcome = Outcome()
        self._asked = asyncio.Event()
        # What was answered with yes, until it is used, and what was answered with no.
        self._granted = wanted_in(turn.question) if is_yes(turn.answer) else ""
        self._denied = wanted_in(turn.question) if is_no(turn.answer) else ""
        self._session = self._begin()

    async def hold(self, timeout: float) -> Outcome:
        """Work until the droid is done, asks something, must stop, or its time is up; then end it."""
        work = asyncio.create_task(self._work())
        asked = asyncio.create_task(self._asked.wait())
        stop = asyncio.create_task(self._told_to_stop())
        try:
            await asyncio.wait({work, asked, stop}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            self._outcome.because = self._because(work, asked, stop)
            await self._end(work)
        finally:
            for task in (work, asked, stop):
                task.cancel()
            await asyncio.wait({work, asked, stop})
        if not work.cancelled():
            work.result()
        return self._outcome

    def _because(self, *tasks: asyncio.Task[Any]) -> Because:
        work, asked, stop = tasks
        if asked.done():
            return "question"
        if work.done():
            return ""
        return "stop" if stop.done() else "deadline"

    async def _told_to_stop(self) -> None:
        while not self._turn.stop():
            await asyncio.sleep(_LOOK)

    async def _work(self) -> None:
        try:
            await self._session.open()
            self._outcome.session = self._session.id
            self._turn.tell("", self._session.id)
            self._session.on_notification(self._heard)
            if self._task.session:
                await self._settle()
            await self._listen()
        except (DroidError, OSError, ValueError) as error:
            self._outcome.error = error

    async def _listen(self) -> None:
        output = JsonSchema(self._task.schema) if self._task.schema else None
        stream = self._session.stream(self._task.prompt, output=output)
        async with stream:
            async for event in stream:
                if isinstance(event, ToolCall):
                    line = step(event.name, event.input, self._session.cwd or self._task.place)
                    self._turn.tell(self._redact(line), self._session.id)
                elif isinstance(event, AssistantMessage) and event.text:
                    self._outcome.said = event.text
        self._outcome.result = stream.result

    async def _end(self, work: asyncio.Task[None]) -> None:
        """Let the droid finish its sentence and save its session, but not for long."""
        with contextlib.suppress(TimeoutError, DroidError):
            async with asyncio.timeout(_SAVING):
                if not work.done():
                    await self._session.interrupt()
                    await work
                await self._session.close()

    def _begin(self) -> Session:
        task, runtime = self._task, Runtime(transport=self._transport)
        handlers = InteractionHandlers(on_permission=self._permit, on_question=self._question)
        if task.session:
            return Session.resume(task.session, interactions=handlers, runtime=runtime)
        config = SessionConfig(
            mode=Mode.AUTO,
            autonomy=task.autonomy,
            tags=[SessionTag("jira-reactor", task.tags)],
            restrict_tools=task.tools,
        )
        return Session(cwd=task.place, model=task.model, config=config, interactions=handlers, runtime=runtime)

    async def _settle(self) -> None:
        """Hold a continued session to what this turn may do; it comes back with what an earlier one might."""
        await self._session.update_settings(
            mode=Mode.AUTO, autonomy=self._task.autonomy, model=self._task.model, restrict_tools=self._task.tools
        )

    def _heard(self, notification: Mapping[str, object]) -> None:
        """Take every notification for a sign of life, and keep what the program itself says to people."""
        self._turn.tell("", self._outcome.session)
        message = notification.get("message")
        if isinstance(message, Mapping) and message.get("role") == "system":
            texts = [part.get("text") for part in message.get("content", []) if isinstance(part, Mapping)]
            self._outcome.notice = "\n".join(text for text in texts if isinstance(text, str))

    def _permit(self, request: PermissionRequest) -> PermissionResponse:
        question = self._redact(permission_question(request))
        wanted = wanted_in(question)
        if wanted == self._granted and may_be_asked(request):
            self._granted = ""
            return request.respond(ToolConfirmationOutcome.PROCEED_ONCE)
        if wanted != self._denied and may_be_asked(request):
            self._ask(question)
        else:
            self._outcome.refused = wanted
        return request.respond(ToolConfirmationOutcome.CANCEL)

    def _question(self, request: QuestionRequest) -> QuestionResponse:
        self._ask(self._redact(plain_question(request)))
        return request.cancel()

    def _ask(self, question: str) -> None:
        self._outcome.question = self._outcome.question or question
        self._asked.set()
