"""The bodies that go to a remote droid and come from it; docs/operating.md describes them for who writes one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Regexp

from app.droids.base import Autonomy, Report, State
from app.droids.cleaning import one_line, printable
from app.errors import ReactorError
from app.events.event import Issue

#: Where callbacks arrive, below our public URL.
CALLBACK_PATH = "/droids/callback"

#: How the types of callbacks that end a turn end it.
ENDS: Mapping[str, State] = {
    "task.completed": "complete",
    "task.failed": "failed",
    "task.question": "awaiting input",
}
PROGRESS = "task.progress"

#: Characters; Jira Cloud's own bound for one text is 32,767.
_LONGEST_TEXT = 500_000
_LONGEST_REASON = 1_000
_LONGEST_STEP = 200


class WrongShape(ReactorError):
    """What came is not what a remote droid may say; the message names the field."""


@dataclass(frozen=True)
class Callback:
    """What a remote droid says of a task, by the id of its run and the number of its turn."""

    run: str
    turn: int
    #: How the turn ended; None where it goes on.
    report: Report | None
    step: str
    session: str | None


def task_created(
    key: str,
    prompt: str,
    *,
    about: Issue,
    session: str | None,
    autonomy: Autonomy,
    seconds: float,
    question: str,
    answer: str,
    callback: str,
) -> str:
    """Write the body that gives a task to a remote droid."""
    issue = {
        "key": about.key,
        "summary": about.summary,
        "project": about.project,
        "type": about.issue_type,
        "status": about.status,
        "labels": list(about.labels or ()),
    }
    task = {
        "task": key,
        "issue": issue,
        "prompt": prompt,
        "session": session,
        "autonomy": autonomy,
        "deadline": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds"),
        "question": question,
        "answer": answer,
        "callback": callback,
    }
    return _message("task.created", task)


def task_stopped(key: str) -> str:
    """Write the body that takes a task back."""
    return _message("task.stopped", {"task": key})


def read_report(body: bytes) -> Report:
    """Read what a remote droid answered at once; raises WrongShape."""
    return _report(_loaded(_Said(), _decoded(body)))


def read_session(body: bytes) -> str | None:
    """Read the session out of what came with a promise to work, which may be anything."""
    try:
        told = _loaded(_Promised(), _decoded(body))
    except WrongShape:
        return None
    session: str | None = told["session"]
    return session


def read_callback(body: bytes) -> Callback:
    """Read a callback; raises WrongShape."""
    message = _loaded(_Message(), _decoded(body))
    kind, data = message["type"], message["data"]
    news = _loaded(_News(), data, "data.")
    run, _, turn = news["task"].rpartition("/")
    report = None if kind == PROGRESS else _report(_loaded(_Said(), data | {"state": ENDS[kind]}, "data."))
    return Callback(run, int(turn), report, one_line(news["step"])[:_LONGEST_STEP], news["session"])


class _Shape(Schema):
    """What later versions of a remote droid add is passed over."""

    class Meta:
        unknown = EXCLUDE


def _text() -> fields.String:
    return fields.String(load_default="", validate=Length(max=_LONGEST_TEXT))


def _session() -> fields.String:
    rule = Regexp(r"[ -~]{1,500}\Z", error="Not 1 to 500 printable ASCII characters.")
    return fields.String(load_default=None, allow_none=True, validate=rule)


class _Promised(_Shape):
    session = _session()


class _Said(_Promised):
    text = _text()
    state = fields.String(load_default="complete", validate=OneOf([*ENDS.values(), "stopped"]))
    usage = fields.Dict(
        keys=fields.String(validate=Regexp(r"[ -~]{1,100}\Z")),
        values=fields.Float(),
        load_default=dict,
        validate=Length(max=50),
    )
    question = _text()
    reason = _text()

    @validates_schema(skip_on_field_errors=True)
    def _says_something(self, said: dict[str, Any], **_: Any) -> None:
        needed = {"complete": "text", "awaiting input": "question"}.get(said["state"])
        if needed and not printable(said[needed]):
            raise ValidationError(f"Missing, and the state is {said['state']!r}.", needed)


class _Message(_Shape):
    type = fields.String(required=True, validate=OneOf([*ENDS, PROGRESS]))
    data = fields.Dict(keys=fields.String(), required=True)


class _News(_Promised):
    # Names a run and, behind the last slash, the number of one of its turns.
    task = fields.String(required=True, validate=[Length(max=300), Regexp(r"[^\x00\ud800-\udfff]+/[0-9]{1,9}\Z")])
    step = _text()


def _report(said: Mapping[str, Any]) -> Report:
    return Report(
        printable(said["text"]),
        said["state"],
        session=said["session"],
        usage=said["usage"],
        question=printable(said["question"]),
        reason=printable(said["reason"])[:_LONGEST_REASON],
    )


def _message(kind: str, data: Mapping[str, Any]) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"type": kind, "timestamp": now, "data": data})


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise WrongShape("It is not JSON.") from None


def _loaded(schema: Schema, value: Any, place: str = "") -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(value)
    except ValidationError as error:
        path, problem = _first(error.messages)
        raise WrongShape(f"{place}{path}: {problem}" if path else f"It is not a JSON object. {problem}") from None
    return loaded


def _first(messages: Any) -> tuple[str, str]:
    """Find the first complaint and the way to it: marshmallow nests them as the value was."""
    path: list[str] = []
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        path += [] if name in ("_schema", "key", "value") else [str(name)]
    return one_line(".".join(path))[:100], str(messages[0])
